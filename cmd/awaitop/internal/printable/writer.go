package printable

import (
	"bytes"
	"io"
)

// Writer returns a writer that escapes each line by [Escape]. Each Write must have whole lines, as that of a slog.Handler
// has.
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
