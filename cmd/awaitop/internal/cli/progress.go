package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
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
	io    IO
	drawn *progressbar.ProgressBar
	known bool      // whether the bar has a percentage
	start time.Time // of the command, or of the wait if that is earlier
}

func newBar(io IO) *bar { return &bar{io: io, start: time.Now()} }

func (b *bar) draw(known bool) {
	if b.drawn != nil && b.known == known {
		return
	}
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
	size := int64(-1)
	if known {
		size = 100
	}
	b.known = known
	b.drawn = progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(b.io.Err),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(false), // the library does not know when the wait began
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetSpinnerChangeInterval(0), // it turns with each Add: the library's goroutine outlives the bar
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerHead: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}),
	)
}

func (b *bar) show(w *control.Wait) {
	if w == nil {
		w = &control.Wait{Message: "starting"}
	}
	if !w.StartTime.IsZero() && w.StartTime.Before(b.start) { // a cancel starts the wait's schedule again
		b.start = w.StartTime
	}
	percent, known := w.Percent()
	b.draw(known)
	b.drawn.Describe(printable.Line(barText(w, b.start), printable.MaxCell))
	if known {
		_ = b.drawn.Set(min(percent, 99)) // the outcome reports the end
		return
	}
	_ = b.drawn.Add(1)
}

func (b *bar) redraw(w *control.Wait) { b.show(w) }

// barText is the text beside the bar.
func barText(w *control.Wait, start time.Time) string {
	text := fmt.Sprintf("%s  %s", messageText(*w), since(start))
	if eta, known := w.ETA(); known {
		text += "  ETA " + until(eta)
	}
	if w.Phase != "" && w.Phase != workflows.PhaseAwaiting {
		text += "  " + string(w.Phase)
	}
	return text
}

func (b *bar) end() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}

// plainLines prints a line for each new text.
type plainLines struct {
	io   IO
	last string
}

func (p *plainLines) show(w *control.Wait) {
	text := messageText(*w)
	if eta, known := w.ETA(); known && !w.Reported.IsZero() {
		text += ", estimated end " + eta.Local().Round(time.Second).Format(time.TimeOnly)
	}
	if w.Phase != workflows.PhaseAwaiting {
		text = fmt.Sprintf("%s: %s", w.Phase, text)
	}
	if text != p.last && text != "" {
		p.io.say("%s", text)
		p.last = text
	}
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
