package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/nexus-rpc/sdk-go/nexus"
	sdklog "go.temporal.io/sdk/log"
)

// ofSDK is the logger of a worker of the SDK.
func ofSDK(handler slog.Handler) sdklog.Logger {
	return sdklog.With(sdklog.NewStructuredLogger(slog.New(handler)), "TaskQueue", "q")
}

// A poll that ends because its worker stops is no trouble. Any other is.
func TestLogOfStop(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason, message, err string
		logged               bool
	}{
		"stop":          {"the SDK's race", "Failed to poll for task.", "worker stopping", false},
		"unavailable":   {"the server is away", "Failed to poll for task.", "connection refused", true},
		"other message": {"not a poll", "Task processing failed", "worker stopping", true},
	}
	for name, tt := range tests {
		for _, format := range []string{"text", "json"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				var b bytes.Buffer
				handler, err := Log{Level: "info", Format: format}.handler(&b)
				if err != nil {
					t.Fatal(err)
				}
				ofSDK(handler).Warn(tt.message, "Error", errors.New(tt.err))
				if logged := b.Len() > 0; logged != tt.logged {
					t.Errorf("%s: logged %q, want a record: %v", tt.reason, b.String(), tt.logged)
				}
			})
		}
	}
}

// What a Nexus handler means as its answer is no error of the worker.
func TestLogOfNexus(t *testing.T) {
	t.Parallel()
	const message = "Handler returned error while processing Nexus task"
	refusal := &nexus.OperationError{State: nexus.OperationStateFailed, Message: "invalid ref", Cause: errors.New("invalid ref")}
	tests := map[string]struct {
		reason, message string
		err             error
		level           string // of the configuration
		want            string // "" for no record
	}{
		"refusal":       {"the caller's mistake", message, refusal, "info", "INFO"},
		"wrapped":       {"the same", message, fmt.Errorf("start: %w", refusal), "info", "INFO"},
		"left out":      {"the operator wants no INFO", message, refusal, "warn", ""},
		"server":        {"the worker's Temporal server", message, errors.New("unavailable"), "warn", "ERROR"},
		"handler":       {"a kind that the server may retry", message, nexus.NewHandlerErrorf(nexus.HandlerErrorTypeInternal, "down"), "info", "ERROR"},
		"other message": {"not a handler's error", "Task processing failed", refusal, "info", "ERROR"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			handler, err := Log{Level: tt.level, Format: "json"}.handler(&b)
			if err != nil {
				t.Fatal(err)
			}
			ofSDK(handler).Error(tt.message, "Error", tt.err)
			var record struct {
				Level string
				Error string
			}
			if b.Len() > 0 {
				if err := json.Unmarshal(b.Bytes(), &record); err != nil {
					t.Fatal(err)
				}
			}
			if record.Level != tt.want || tt.want != "" && record.Error != tt.err.Error() {
				t.Errorf("%s: logged %q, want the level %q", tt.reason, b.String(), tt.want)
			}
		})
	}
}
