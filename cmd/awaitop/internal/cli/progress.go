package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/workflows"
)

// progress shows a wait while a command follows it.
type progress interface {
	// show shows a new observation of the wait.
	show(w *control.Wait)
	// redraw shows the last observation again, nil if there is none yet.
	redraw(w *control.Wait)
	// end clears the terminal's line for the next output.
	end()
}

// newProgress returns the progress for the command's output.
func (c *command) newProgress() progress {
	switch {
	case c.output == "json":
		return &jsonLines{io: c.IO}
	case c.Terminal:
		return newBar(c.IO)
	default:
		return &plainLines{io: c.IO}
	}
}

// bar is a progress bar on a terminal. Without a percentage it is a spinner.
type bar struct {
	line  *liveLine
	turns int       // of the spinner
	start time.Time // of the command, or of the wait if that is earlier
}

func newBar(io IO) *bar {
	return &bar{line: &liveLine{to: io.Err, columns: io.Columns}, start: time.Now()}
}

func (b *bar) show(w *control.Wait) {
	if w == nil {
		w = &control.Wait{Message: "starting"}
	}
	if !w.StartTime.IsZero() && w.StartTime.Before(b.start) { // a cancel starts the wait's schedule again
		b.start = w.StartTime
	}
	now := time.Now()
	beside := printable.Line(barText(*w, b.start, now), printable.MaxCell)
	if percent, estimated, known := waitlist.PercentAt(*w, now); known {
		b.line.draw(barLine(percent, estimated, beside, b.line.room()))
		return
	}
	b.turns++
	b.line.draw(spinnerAt(b.turns) + " " + beside)
}

func (b *bar) redraw(w *control.Wait) { b.show(w) }

func (b *bar) end() { b.line.clear() }

// barText is the text beside the bar.
func barText(w control.Wait, start, now time.Time) string {
	parts := []string{besideBar(w), short(now.Sub(start))}
	if eta, known := w.ETA(); known {
		parts = append(parts, "ETA "+ahead(eta.Sub(now)))
	}
	if left := w.NextPoll.Sub(now); left >= time.Second && w.NextPoll.Sub(w.LastPoll) >= longInterval {
		parts = append(parts, "next read in "+short(left))
	}
	if w.Phase != "" && w.Phase != workflows.PhaseAwaiting {
		parts = append(parts, string(w.Phase))
	}
	return strings.Join(parts, "  ")
}

// longInterval is an interval between two reads that a person notices. The time to the next read is shown from here on.
const longInterval = 5 * time.Second

// besideBar is the message of a wait and its trouble, without the percentage.
func besideBar(w control.Wait) string {
	w.Message = withoutPercent(w)
	return messageText(w)
}

// withoutPercent is the message of a wait without the percentage, which stands beside it.
func withoutPercent(w control.Wait) string {
	percent, known := w.Percent()
	if !known {
		return w.Message
	}
	return strings.Replace(w.Message, fmt.Sprintf(", %d%%", percent), "", 1)
}

// ahead is a time to come.
func ahead(left time.Duration) string {
	if left < time.Second {
		return "now"
	}
	return "in " + short(left)
}

// plainLines prints a line for each new text.
type plainLines struct {
	io   IO
	last string
}

func (p *plainLines) show(w *control.Wait) {
	if text := plainText(*w); text != p.last && text != "" {
		p.io.say("%s", text)
		p.last = text
	}
}

// plainText is what a wait does. It changes with the wait, and not with the time alone.
func plainText(w control.Wait) string {
	w.BlockedSince = time.Time{} // messageText says for how long
	text := messageText(w)
	if eta, known := w.ETA(); known && !w.Reported.IsZero() {
		text += ", estimated end " + eta.Local().Round(time.Second).Format(time.TimeOnly)
	}
	if w.Phase != workflows.PhaseAwaiting {
		text = fmt.Sprintf("%s: %s", w.Phase, text)
	}
	return text
}

func (p *plainLines) redraw(*control.Wait) {}

func (p *plainLines) end() {}

// jsonLines prints a line of JSON for each report of the wait, and for each poll now.
type jsonLines struct {
	io   IO
	last control.Wait
}

func (j *jsonLines) show(w *control.Wait) {
	if w.Reported.Equal(j.last.Reported) && w.LastPoll.Equal(j.last.LastPoll) && w.Mode == j.last.Mode && w.Phase == j.last.Phase {
		return
	}
	j.last = *w
	_ = j.io.json(event{Event: "progress", Wait: w})
}

func (j *jsonLines) redraw(*control.Wait) {}

func (j *jsonLines) end() {}
