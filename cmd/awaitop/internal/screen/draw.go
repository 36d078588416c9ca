package screen

import (
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
)

// styles are the styles of texts, in the terminal's own 16 colors, which its user has chosen to be readable.
var styles = map[waitlist.Style]lipgloss.Style{
	waitlist.Plain:   lipgloss.NewStyle(),
	waitlist.Strong:  lipgloss.NewStyle().Bold(true),
	waitlist.Faint:   lipgloss.NewStyle().Faint(true),
	waitlist.Good:    lipgloss.NewStyle().Foreground(lipgloss.Green),
	waitlist.Warning: lipgloss.NewStyle().Foreground(lipgloss.Yellow),
	waitlist.Bad:     lipgloss.NewStyle().Foreground(lipgloss.Red),
	waitlist.Worst:   lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true),
}

// Draw is the lines with their styles, as escape sequences. Write them through a colorprofile.Writer, which takes out what a
// terminal does not know.
func Draw(lines []waitlist.Line) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(draw(line))
	}
	return b.String()
}

func draw(line waitlist.Line) string {
	var b strings.Builder
	for _, span := range line {
		if span.Style == waitlist.Plain || span.Text == "" {
			b.WriteString(span.Text)
			continue
		}
		b.WriteString(styles[span.Style].Render(span.Text))
	}
	return strings.TrimRight(b.String(), " ")
}

// Profile is the colors that a file shows, by the environment: none if it is no terminal, or a dumb one. A NO_COLOR that is
// not empty leaves bold and faint text.
func Profile(file *os.File, environment []string) colorprofile.Profile {
	profile := colorprofile.Detect(file, environment)
	for _, variable := range environment {
		if value, ok := strings.CutPrefix(variable, "NO_COLOR="); ok && value != "" {
			profile = min(profile, colorprofile.ASCII)
		}
	}
	return profile
}
