using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Slipway.Conformance;

internal static class MethodInvocation
{
    /// <summary>Calls a static method so that what it throws arrives as it was thrown.</summary>
    public static void InvokeUnwrapped(this MethodInfo method, object[] arguments)
    {
        try
        {
            method.Invoke(null, arguments);
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }
}
