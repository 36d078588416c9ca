package serve

import (
	"io"
	"log/slog"

	"github.com/awaitop/awaitop/lro"
)

// handler writes the log as it is configured.
func (l Log) handler(w io.Writer) (slog.Handler, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		return nil, &lro.InvalidError{Field: "log.level", Value: l.Level, Want: "debug, info, warn or error"}
	}
	options := &slog.HandlerOptions{Level: level}
	switch l.Format {
	case "text":
		return slog.NewTextHandler(w, options), nil
	case "json":
		return slog.NewJSONHandler(w, options), nil
	default:
		return nil, &lro.InvalidError{Field: "log.format", Value: l.Format, Want: "text or json"}
	}
}
