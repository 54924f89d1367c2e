using Slipway.Conformance;

namespace Slipway.Conformance.Tests;

/// <summary>Whatever names a row names one that exists, so that a slip of the pen cannot make a row look covered or excused.</summary>
public class RowNamingTests
{
    [Fact]
    public void Every_scenario_names_rows_of_the_specification()
    {
        ScenarioCatalog.All.ShouldNotBeEmpty();
        foreach (Scenario scenario in ScenarioCatalog.All)
        {
            scenario.Rows.ShouldNotBeEmpty(scenario.Name);
            scenario.Rows.Where(id => SpecCatalog.Default.Find(id) is null).ShouldBeEmpty(scenario.Name);
            scenario.Rows.Distinct(StringComparer.Ordinal).Count().ShouldBe(scenario.Rows.Count, scenario.Name);
        }
    }

    [Fact]
    public void Every_scenario_has_a_name_of_its_own() =>
        ScenarioCatalog.All.Select(scenario => scenario.Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(ScenarioCatalog.All.Count);

    [Fact]
    public void Every_exclusion_covers_rows_of_the_specification_and_says_why()
    {
        foreach (Exclusion exclusion in Exclusions.All)
        {
            exclusion.Reason.ShouldNotBeNullOrWhiteSpace();
            foreach (string row in exclusion.Rows)
                SpecCatalog.Default.Rows.Any(new Exclusion(exclusion.Reason, [row]).Covers).ShouldBeTrue($"'{row}' ({exclusion.Reason})");
        }
    }
}
