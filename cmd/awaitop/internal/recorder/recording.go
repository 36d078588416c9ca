package recorder

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
)

// Recording is what a terminal has shown, at chosen moments, as text for people.
type Recording struct {
	// Title says what the recording shows.
	Title string
	text  strings.Builder
}

// ruleWidth is the width of the line above a frame, in characters.
const ruleWidth = 100

// Command adds a command line as a person types it.
func (r *Recording) Command(line string) { fmt.Fprintf(&r.text, "\n$ %s\n", line) }

// Frame adds a screen: its age, and what is to be seen on it.
func (r *Recording) Frame(age time.Duration, caption, screen string) {
	head := fmt.Sprintf("── %.1f s ── %s ", age.Seconds(), caption)
	rule := strings.Repeat("─", max(ruleWidth-len([]rune(head)), 0))
	fmt.Fprintf(&r.text, "\n%s%s\n%s\n", head, rule, screen)
}

// String is the recording as a file holds it.
func (r *Recording) String() string {
	return r.Title + "\n\nTimes are since the command was started.\n" + r.text.String()
}

// Write writes the recording to a file.
func (r *Recording) Write(path string) error {
	return os.WriteFile(path, []byte(r.String()), 0o644) //nolint:gosec // it is documentation
}

// aged is the beginning of the line above a frame.
var aged = regexp.MustCompile(`^── [0-9.]+ s ── `)

// Outline is a recording's title, commands and captions: what two recordings of the same have in common.
func Outline(text string) []string {
	title, rest, _ := strings.Cut(text, "\n")
	outline := []string{title}
	for line := range strings.Lines(rest) {
		line = strings.TrimRight(line, "\n")
		switch caption := aged.ReplaceAllString(line, ""); {
		case caption != line:
			outline = append(outline, strings.TrimRight(caption, " ─"))
		case strings.HasPrefix(line, "$ "):
			outline = append(outline, line)
		}
	}
	return outline
}
