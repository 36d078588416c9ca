package serve

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/lro"
)

// handler writes the log as configured. It bounds and escapes messages and attributes, because services and other
// workflows write parts of them.
func (l Log) handler(w io.Writer) (slog.Handler, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		return nil, &lro.InvalidError{Field: "log.level", Value: l.Level, Want: "debug, info, warn or error"}
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: bounded}
	w = printable.Writer(w)
	switch l.Format {
	case "text":
		return sdkLevels{slog.NewTextHandler(w, options)}, nil
	case "json":
		return sdkLevels{slog.NewJSONHandler(w, options)}, nil
	default:
		return nil, &lro.InvalidError{Field: "log.format", Value: l.Format, Want: "text or json"}
	}
}

// bounded cuts the text of an attribute. A stack trace fits.
func bounded(_ []string, attr slog.Attr) slog.Attr {
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(printable.Cut(attr.Value.String(), printable.MaxLine))
	case slog.KindAny:
		switch v := attr.Value.Any().(type) {
		case error, fmt.Stringer:
			attr.Value = slog.StringValue(printable.Cut(fmt.Sprint(v), printable.MaxLine))
		}
	}
	return attr
}
