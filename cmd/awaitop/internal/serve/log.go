package serve

import (
	"context"
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
		return withoutStops{slog.NewTextHandler(w, options)}, nil
	case "json":
		return withoutStops{slog.NewJSONHandler(w, options)}, nil
	default:
		return nil, &lro.InvalidError{Field: "log.format", Value: l.Format, Want: "text or json"}
	}
}

// withoutStops leaves out what the Temporal SDK warns of when a poll ends because its worker stops: a race in the SDK,
// seen in 1.50.0. That warning says nothing to an operator.
type withoutStops struct{ slog.Handler }

func (h withoutStops) Handle(ctx context.Context, record slog.Record) error {
	if record.Message == "Failed to poll for task." && ofStop(record) {
		return nil
	}
	return h.Handler.Handle(ctx, record)
}

func (h withoutStops) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withoutStops{h.Handler.WithAttrs(attrs)}
}

func (h withoutStops) WithGroup(name string) slog.Handler {
	return withoutStops{h.Handler.WithGroup(name)}
}

// ofStop reports whether a record's error is the SDK's for a worker that stops. It is not exported.
func ofStop(record slog.Record) (is bool) {
	record.Attrs(func(attr slog.Attr) bool {
		is = attr.Key == "Error" && attr.Value.String() == "worker stopping"
		return !is
	})
	return is
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
