using Slipway.Sockets;

namespace Slipway.Lab;

/// <content>Limits and ids.</content>
public sealed partial class LabProcess
{
    /// <inheritdoc/>
    /// <returns>EINVAL for a negative limit.</returns>
    public override Errno LimitDescriptors(int limit)
    {
        if (limit < 0) return Errno.EINVAL;
        using (Network.Loop.Enter()) DescriptorLimit = limit;
        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>The group stays, as setresuid(2) has it. The whole process changes: exactly one of its threads runs, so no other can act in the meantime unless the body waits.</remarks>
    public override void RunAsUser(int userId, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        int before = UserId;
        SetUser(userId);
        try
        {
            body();
        }
        finally
        {
            SetUser(before);
        }
    }

    private void SetUser(int userId)
    {
        using (Network.Loop.Enter()) UserId = userId;
    }
}
