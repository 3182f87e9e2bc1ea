using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using OxyBarSeries = OxyPlot.Series.BarSeries;

namespace TaskerCore.Orleans.Benchmarks.Reporting;

/// <summary>Draws charts as SVG.</summary>
internal static class Plots
{
    private const int Width = 720;
    private const int Height = 420;
    private static readonly OxyColor[] Colors = [OxyColor.Parse("#0072b2"), OxyColor.Parse("#e69f00"), OxyColor.Parse("#009e73"), OxyColor.Parse("#cc79a7")];

    public static void Save(Chart chart, string folder)
    {
        var model = Model(chart.Title);
        model.Axes.Add(Axis(AxisPosition.Bottom, chart.X, chart.LogarithmicX));
        model.Axes.Add(Axis(AxisPosition.Left, chart.Y, chart.LogarithmicY));
        foreach (var (series, color) in chart.Series.Zip(Colors))
        {
            var line = new LineSeries { Title = series.Name, Color = color, MarkerType = MarkerType.Circle, MarkerFill = color, StrokeThickness = 2 };
            line.Points.AddRange(series.Points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(line);
        }

        Save(model, folder, chart.File);
    }

    public static void Save(BarChart chart, string folder)
    {
        var model = Model(chart.Title);
        var categories = new CategoryAxis { Position = AxisPosition.Left, Key = "categories", StartPosition = 1, EndPosition = 0 };
        categories.Labels.AddRange(chart.Categories);
        model.Axes.Add(categories);
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Key = "values", Title = chart.Y, Minimum = 0, MaximumPadding = 0.08, MajorGridlineStyle = LineStyle.Dot });
        foreach (var (series, color) in chart.Series.Zip(Colors))
        {
            var bars = new OxyBarSeries
            {
                Title = series.Name,
                FillColor = color,
                XAxisKey = "values",
                YAxisKey = "categories",
                LabelFormatString = "{0:0.#}",
                LabelPlacement = LabelPlacement.Outside,
            };
            bars.Items.AddRange(series.Values.Select(value => new BarItem(value)));
            model.Series.Add(bars);
        }

        Save(model, folder, chart.File);
    }

    private static PlotModel Model(string title)
    {
        var model = new PlotModel { Title = title, TitleFontSize = 14, Background = OxyColors.White };
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.BottomCenter, LegendPlacement = LegendPlacement.Outside, LegendOrientation = LegendOrientation.Horizontal });
        return model;
    }

    private static Axis Axis(AxisPosition position, string title, bool logarithmic)
    {
        Axis axis = logarithmic ? new LogarithmicAxis() : new LinearAxis { Minimum = 0 };
        axis.Position = position;
        axis.Title = title;
        axis.MajorGridlineStyle = LineStyle.Dot;
        return axis;
    }

    private static void Save(PlotModel model, string folder, string file)
    {
        var exporter = new SvgExporter { Width = Width, Height = Height };
        File.WriteAllText(Path.Combine(folder, file + ".svg"), exporter.ExportToString(model));
    }
}
