package simulate

import (
	"fmt"
	"strings"
)

// Markdown renders the report as three tables.
func (r Report) Markdown() string {
	return strings.Join([]string{r.Plain.Markdown(), r.Progress.Markdown(), r.FirstDelays.Markdown()}, "\n")
}

// Markdown renders the table: polls / mean lag, a row for each schedule.
func (t Table) Markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "| %s: polls / mean lag |", t.Title)
	for _, op := range t.Operations {
		fmt.Fprintf(&out, " %s |", op.Name)
	}
	fmt.Fprintf(&out, "\n|---|%s\n", strings.Repeat("---|", len(t.Operations)))
	for _, row := range t.Rows {
		name := row.Schedule
		if row.Awaitop {
			name = "**" + name + "**"
		}
		fmt.Fprintf(&out, "| %s |", name)
		for _, cell := range row.Cells {
			fmt.Fprintf(&out, " %s |", cell)
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

// String is such as "9.6 / 4.2 s".
func (c Cell) String() string { return fmt.Sprintf("%.1f / %.1f s", c.Polls, c.LagSeconds) }
