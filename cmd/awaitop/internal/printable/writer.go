package printable

import (
	"bytes"
	"io"
)

// Writer returns a writer whose lines are escaped as [Escape] has it. Each Write is given
// whole lines, as a slog.Handler does.
func Writer(to io.Writer) io.Writer { return writer{to} }

type writer struct{ to io.Writer }

func (w writer) Write(p []byte) (int, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(p) {
		text, ended := bytes.CutSuffix(line, []byte("\n"))
		out.WriteString(Escape(string(text)))
		if ended {
			out.WriteByte('\n')
		}
	}
	if _, err := w.to.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}
