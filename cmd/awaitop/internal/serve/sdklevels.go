package serve

import (
	"context"
	"errors"
	"log/slog"

	"github.com/nexus-rpc/sdk-go/nexus"
)

// sdkLevels corrects how much the Temporal SDK makes of two things, as seen in 1.50.0:
//   - It warns if a poll ends because its worker stops, which is a race in the SDK. That says nothing to an operator.
//   - It logs each error of a Nexus handler as one of the worker. An OperationError is an answer that the handler
//     meant, such as a refusal of a caller's input.
type sdkLevels struct{ slog.Handler }

func (h sdkLevels) Handle(ctx context.Context, record slog.Record) error {
	switch record.Message {
	case "Failed to poll for task.":
		if err := errorOf(record); err != nil && err.Error() == "worker stopping" { // it is not exported
			return nil
		}
	case "Handler returned error while processing Nexus task":
		var answer *nexus.OperationError
		if errors.As(errorOf(record), &answer) {
			record.Level = slog.LevelInfo
		}
	}
	if !h.Enabled(ctx, record.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, record)
}

func (h sdkLevels) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sdkLevels{h.Handler.WithAttrs(attrs)}
}

func (h sdkLevels) WithGroup(name string) slog.Handler {
	return sdkLevels{h.Handler.WithGroup(name)}
}

// errorOf is the error that the SDK logs with a record, nil without one.
func errorOf(record slog.Record) (err error) {
	record.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "Error" {
			err, _ = attr.Value.Any().(error)
		}
		return err == nil
	})
	return err
}
