package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

const (
	plotWidth  = 16 * vg.Centimeter
	plotHeight = 10 * vg.Centimeter
	barWidth   = 1.2 * vg.Centimeter
)

// writeFolder writes report.md, report.json and a plot for each metric that has one to a folder. It
// makes the folder if it is missing.
func (r report) writeFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{"report.md": r.writeMarkdown, "report.json": r.writeJSON} {
		if err := writeFile(filepath.Join(folder, name), write); err != nil {
			return err
		}
	}
	for _, m := range r.metrics {
		if !m.plot {
			continue
		}
		if err := r.plotBars(m, filepath.Join(folder, m.key+".png")); err != nil {
			return fmt.Errorf("plot %s: %w", m.key, err)
		}
	}
	return r.plotRejections(filepath.Join(folder, "rejected.png"))
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := write(file); err != nil {
		return err
	}
	return file.Close()
}

// plotBars draws a bar for each pattern that has the metric, as high as its
// median.
func (r report) plotBars(m metric, path string) error {
	var values plotter.Values
	var names []string
	for _, p := range r.Patterns {
		if s, ok := p.Summary[m.key]; ok {
			values, names = append(values, s.Median), append(names, p.Name)
		}
	}
	bars, err := plotter.NewBarChart(values, barWidth)
	if err != nil {
		return err
	}
	bars.Color = plotutil.Color(0)
	picture := plot.New()
	picture.Title.Text = m.title
	picture.Y.Min = 0
	picture.Add(plotter.NewGrid(), bars)
	picture.NominalX(names...)
	// Room for half a bar on both sides, and above the highest.
	picture.X.Min, picture.X.Max = -0.6, float64(len(names))-0.4
	picture.Y.Max *= 1.05
	return picture.Save(plotWidth, plotHeight, path)
}

// plotRejections draws the share of rejected requests over time, of each pattern's first run. It
// draws nothing if the API has no rate.
func (r report) plotRejections(path string) error {
	picture := plot.New()
	picture.Title.Text = "rejected requests, %"
	picture.X.Label.Text = "s"
	picture.Y.Min, picture.Y.Max = 0, 100
	lines := 0
	for i, p := range r.Patterns {
		if len(p.Runs) == 0 || p.Runs[0].Rejections == nil {
			continue
		}
		var points plotter.XYs
		for _, at := range p.Runs[0].Rejections.OverTime {
			points = append(points, plotter.XY{X: float64(at.Second), Y: at.share() * 100})
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return fmt.Errorf("plot rejections of %s: %w", p.Name, err)
		}
		line.Color = plotutil.Color(i)
		picture.Add(line)
		picture.Legend.Add(p.Name, line)
		lines++
	}
	if lines == 0 {
		return nil
	}
	picture.Legend.Top = true
	return picture.Save(plotWidth, plotHeight, path)
}
