package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// writeMarkdown writes the report for people: the settings, the figures, and their ratios to the
// first pattern's.
func (r report) writeMarkdown(w io.Writer) error {
	text := &strings.Builder{}
	fmt.Fprintf(text, "%s\n\n", r.Settings)
	fmt.Fprintf(text, "Median of %s, %d CPUs, %s, %s.\n\n", plural(r.Settings.Runs, "run"), r.Machine.CPUs, r.Machine.System, r.Machine.Go)
	for _, p := range r.Patterns {
		fmt.Fprintf(text, "- `%s`: %s\n", p.Name, p.Follows)
	}
	fmt.Fprintln(text)
	r.writeTable(text, "", r.metrics, r.figure)
	if len(r.Patterns) > 1 {
		fmt.Fprintf(text, "\nAs multiples of `%s`:\n\n", r.Patterns[0].Name)
		r.writeTable(text, "", r.comparable(), r.ratio)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// writeTable writes a row for each metric and a column for each pattern.
func (r report) writeTable(w io.Writer, corner string, rows []metric, cell func(patternReport, metric) string) {
	head, rule := []string{corner}, []string{"---"}
	for _, p := range r.Patterns {
		head, rule = append(head, p.Name), append(rule, "---:")
	}
	writeRow(w, head)
	writeRow(w, rule)
	for _, m := range rows {
		cells := []string{m.title}
		for _, p := range r.Patterns {
			cells = append(cells, cell(p, m))
		}
		writeRow(w, cells)
	}
}

func writeRow(w io.Writer, cells []string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }

// figure is the median, with the least and the most if runs differ.
func (r report) figure(p patternReport, m metric) string {
	s, ok := p.Summary[m.key]
	if !ok && m.absent != "" {
		return m.absent
	}
	if !ok {
		return "-"
	}
	text := number(s.Median)
	if low, high := number(s.Min), number(s.Max); low != high {
		text += fmt.Sprintf(" (%s..%s)", low, high)
	}
	if m.key == "history_events" && p.grows() {
		text += ", grows"
	}
	return text
}

// comparable are the metrics with ratios.
func (r report) comparable() []metric {
	var rows []metric
	for _, m := range r.metrics {
		if base, ok := r.Patterns[0].Summary[m.key]; ok && m.ratio && base.Median > 0 {
			rows = append(rows, m)
		}
	}
	return rows
}

func (r report) ratio(p patternReport, m metric) string {
	s, ok := p.Summary[m.key]
	if !ok {
		return "-"
	}
	return number(s.Median / r.Patterns[0].Summary[m.key].Median)
}

// number has three significant digits, and all digits before the point.
func number(f float64) string {
	switch digits := 2 - int(math.Floor(math.Log10(math.Abs(f)))); {
	case f == 0:
		return "0"
	case digits <= 0:
		return strconv.FormatFloat(f, 'f', 0, 64)
	default:
		text := strconv.FormatFloat(f, 'f', min(digits, 6), 64)
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// String is the settings in a sentence or two.
func (s settings) String() string {
	text := fmt.Sprintf("%s of %s in %s", plural(s.Operations, "operation"), s.Durations, plural(s.Collections, "collection"))
	if s.AtServer {
		text += " of a service that has a WaitOperation"
	}
	if s.Progress {
		text += ", with progress in their metadata"
	}
	text += fmt.Sprintf("; %s more canceled in mid-wait; polled at %s x%v to %s", plural(s.Cancels, "operation"), s.Initial, s.Coefficient, s.Maximum)
	text += fmt.Sprintf("; %s of %s", plural(s.Workers, "worker"), plural(s.Slots, "activity slot"))
	if s.Rate > 0 {
		text += fmt.Sprintf("; the API serves %v requests per second", s.Rate)
	}
	return text + "."
}
