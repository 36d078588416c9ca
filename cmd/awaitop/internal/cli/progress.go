package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/control"
)

// progress shows what a wait is at while it is followed.
type progress interface {
	// show shows the wait, nil while it is between two polls.
	show(w *control.Wait)
	// end makes room for what is printed next.
	end()
}

// bar is a progress bar on a terminal. An operation that says nothing of its progress
// has a spinner.
type bar struct {
	io    IO
	drawn *progressbar.ProgressBar
	known bool      // whether it has a percentage
	began time.Time // the command, or the wait where it began before that
}

func newBar(io IO) *bar { return &bar{io: io, began: time.Now()} }

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
		progressbar.OptionSetPredictTime(false), // it would not know of an earlier run
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetSpinnerChangeInterval(0), // with each Add: a spinner of its own goroutine outlives its bar
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerHead: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}),
	)
}

func (b *bar) show(w *control.Wait) {
	if w == nil {
		w = &control.Wait{Message: "starting"}
	}
	if !w.StartTime.IsZero() && w.StartTime.Before(b.began) { // that of a cancel is later
		b.began = w.StartTime
	}
	percent, known := w.Percent()
	b.draw(known)
	b.drawn.Describe(printable.Line(barText(w, b.began), printable.MaxCell))
	if known {
		_ = b.drawn.Set(min(percent, 99)) // 100 is the end, which the outcome tells
		return
	}
	_ = b.drawn.Add(1)
}

// barText is what stands beside the bar.
func barText(w *control.Wait, began time.Time) string {
	text := fmt.Sprintf("%s  %s", messageText(*w), since(began))
	if eta, known := w.ETA(); known {
		text += "  ETA " + until(eta)
	}
	if w.Phase != "" && w.Phase != "awaiting" {
		text += "  " + string(w.Phase)
	}
	return text
}

func (b *bar) end() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}

// plainLines prints a line whenever something is new.
type plainLines struct {
	io   IO
	last string
}

func (p *plainLines) show(w *control.Wait) {
	if w == nil {
		return
	}
	text := messageText(*w)
	if eta, known := w.ETA(); known && !w.Reported.IsZero() {
		text += ", estimated end " + eta.Local().Round(time.Second).Format(time.TimeOnly)
	}
	if w.Phase != "awaiting" {
		text = fmt.Sprintf("%s: %s", w.Phase, text)
	}
	if text != p.last && text != "" {
		p.io.say("%s", text)
		p.last = text
	}
}

func (p *plainLines) end() {}

// jsonLines prints a wait whenever it has reported.
type jsonLines struct {
	io   IO
	last control.Wait
}

func (j *jsonLines) show(w *control.Wait) {
	if w == nil || w.Reported.Equal(j.last.Reported) && w.Mode == j.last.Mode && w.Phase == j.last.Phase {
		return
	}
	j.last = *w
	_ = j.io.json(event{Event: "progress", Wait: w})
}

func (j *jsonLines) end() {}

// newProgress is how the command shows progress.
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
