using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Slipway.Architecture.Tests;

/// <summary>Writes what users of an assembly can see, one line a member, sorted: a text that a reviewer can read and a diff can compare.</summary>
internal static class PublicApiText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal",
    };

    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static string Of(params IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        foreach (Type type in types.OrderBy(NameOf, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct"),
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<string>();
        if (type.IsEnum)
            bases.Add(NameOf(Enum.GetUnderlyingType(type)));
        else if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) && parent != typeof(MulticastDelegate))
            bases.Add(NameOf(parent));
        if (!type.IsEnum && !typeof(Delegate).IsAssignableFrom(type))
            bases.AddRange(type.GetInterfaces().Where(face => face.IsPublic || face.IsNestedPublic).Select(NameOf).Order(StringComparer.Ordinal));
        return $"{kind} {NameOf(type)}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {field.GetRawConstantValue()}"));
        }
        if (typeof(Delegate).IsAssignableFrom(type))
            return [Signature(type.GetMethod("Invoke")!, "Invoke")];

        IEnumerable<string> fields = type.GetFields(SlipwayAssemblies.Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)
            .Select(FieldText);
        IEnumerable<string> properties = type.GetProperties(SlipwayAssemblies.Declared).Where(property => property.GetAccessors(true).Any(IsVisible))
            .Select(PropertyText);
        IEnumerable<string> events = type.GetEvents(SlipwayAssemblies.Declared).Where(happening => IsVisible(happening.AddMethod!))
            .Select(happening => $"event {NameOf(happening.EventHandlerType!)} {happening.Name}");
        IEnumerable<string> constructors = type.GetConstructors(SlipwayAssemblies.Declared).Where(constructor => IsVisible(constructor) && !constructor.IsStatic)
            .Select(constructor => Signature(constructor, "new"));
        IEnumerable<string> methods = type.GetMethods(SlipwayAssemblies.Declared)
            .Where(method => IsVisible(method) && !IsAccessor(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(method => Signature(method, method.Name));
        return fields.Concat(properties).Concat(events).Concat(constructors).Concat(methods);
    }

    private static string FieldText(FieldInfo field)
    {
        string modifier = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        string value = field.IsLiteral ? string.Create(CultureInfo.InvariantCulture, $" = {field.GetRawConstantValue()}") : "";
        return $"{Access(field.IsPublic)}{modifier}{NameOf(field.FieldType)} {field.Name}{value}";
    }

    private static string PropertyText(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(true).First(IsVisible);
        string accessors = string.Concat(property.GetAccessors(true).Where(IsVisible).Select(accessor =>
            accessor.ReturnType != typeof(void) ? " get;"
            : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;").Order(StringComparer.Ordinal));
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(ParameterText))}]";
        return $"{Modifiers(first)}{NameOf(property.PropertyType)} {name} {{{accessors} }}";
    }

    private static string Signature(MethodBase method, string name)
    {
        string generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";
        string result = method is MethodInfo returning ? NameOf(returning.ReturnType) + " " : "";
        return $"{Modifiers(method)}{result}{name}{generics}({string.Join(", ", method.GetParameters().Select(ParameterText))})";
    }

    private static string ParameterText(ParameterInfo parameter)
    {
        string way = !parameter.ParameterType.IsByRef ? (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        string value = !parameter.HasDefaultValue ? ""
            : string.Create(CultureInfo.InvariantCulture, $" = {parameter.RawDefaultValue ?? "default"}");
        return $"{way}{NameOf(type)} {parameter.Name}{value}";
    }

    private static string Modifiers(MethodBase method)
    {
        bool overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        string kind = method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface ? ""
            : overrides ? "override "
            : method.IsAbstract ? "abstract "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";
        return Access(method.IsPublic) + kind;
    }

    private static string Access(bool isPublic) => isPublic ? "" : "protected ";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
            return "ref " + NameOf(type.GetElementType()!);
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        if (type.IsPointer)
            return NameOf(type.GetElementType()!) + "*";
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return NameOf(inner) + "?";
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsGenericParameter)
            return type.Name;

        // A nested type carries the arguments of the types around it; each level prints its own.
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string own = type.Name.Split('`')[0];
        Type[] arguments = type.GetGenericArguments()[outer..];
        return (type.DeclaringType is { } around ? NameOf(around) + "." : "") + own
            + (arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(NameOf))}>");
    }
}
