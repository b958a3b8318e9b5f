using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(RepositoryErrorKind.NoRepository, 10)]
    [InlineData(RepositoryErrorKind.Locked, 11)]
    [InlineData(RepositoryErrorKind.WrongPassword, 12)]
    [InlineData(RepositoryErrorKind.AlreadyExists, 1)]
    [InlineData(RepositoryErrorKind.LockLost, 1)]
    [InlineData(RepositoryErrorKind.Damaged, 1)]
    [InlineData(RepositoryErrorKind.Missing, 1)]
    [InlineData(RepositoryErrorKind.Unsupported, 1)]
    [InlineData(RepositoryErrorKind.LimitExceeded, 1)]
    [InlineData(RepositoryErrorKind.Storage, 1)]
    [InlineData(RepositoryErrorKind.StorageFull, 1)]
    [InlineData(RepositoryErrorKind.PermissionDenied, 1)]
    [InlineData(RepositoryErrorKind.InvalidRequest, 1)]
    public void Every_kind_of_error_has_its_code(RepositoryErrorKind kind, int code)
    {
        (string message, int actual) = ErrorReport.Describe(new RepositoryException(kind, "what happened", "what to do"), CancellationToken.None);
        Assert.Equal(code, actual);
        Assert.EndsWith("what happened\nwhat to do", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_stands_before_the_words_of_a_lock_error() =>
        Assert.Equal("unable to create lock", ErrorReport.Describe(new RepositoryException(RepositoryErrorKind.Locked, "unable to create lock"), CancellationToken.None).Message);

    [Fact]
    public void Cancelling_is_130_only_if_somebody_cancelled()
    {
        Assert.Equal(130, ErrorReport.Describe(new OperationCanceledException(), new CancellationToken(canceled: true)).Code);
        Assert.Equal(1, ErrorReport.Describe(new OperationCanceledException(), CancellationToken.None).Code);
    }

    [Fact]
    public void A_source_that_cannot_be_read_at_all_is_1_and_no_bug()
    {
        SourceException denied = new(SourceErrorKind.Denied, "open", DiskPath.FromText("/closed"), "permission denied");
        Assert.Equal(
            ("Fatal: open /closed: permission denied\nCheck that it is there and that this user may read it.", 1), ErrorReport.Describe(denied, CancellationToken.None));
    }

    [Fact]
    public void What_nobody_expected_is_called_a_bug_with_type_and_message_and_no_stack()
    {
        (string message, int code) = ErrorReport.Describe(Thrown(), CancellationToken.None);
        Assert.Equal(1, code);
        Assert.Contains("this is a bug", message, StringComparison.Ordinal);
        Assert.EndsWith("System.InvalidOperationException: odd", message, StringComparison.Ordinal);

        static Exception Thrown()
        {
            try
            {
                throw new InvalidOperationException("odd");
            }
            catch (InvalidOperationException e)
            {
                return e;
            }
        }
    }

    [Fact]
    public void Every_code_in_the_help_has_a_meaning() =>
        Assert.All(ExitCode.OfSaving.Concat(ExitCode.OfReading).Concat(ExitCode.OfOthers), code => Assert.False(string.IsNullOrEmpty(ExitCode.MeaningOf(code))));
}
