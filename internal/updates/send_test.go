package updates_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/internal/updates"
)

// server fails updates, one after the other, and then takes them.
type server struct {
	client.Client
	fails []error
	ids   []string
}

func (s *server) UpdateWorkflow(_ context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	s.ids = append(s.ids, options.UpdateID)
	if len(s.ids) <= len(s.fails) {
		return nil, s.fails[len(s.ids)-1]
	}
	return nil, nil
}

func TestSend(t *testing.T) {
	t.Parallel()
	failed, internal, gone := serviceerror.NewWorkflowNotReady("its task failed"), serviceerror.NewInternal("so did this"), serviceerror.NewNotFound("gone")
	tests := map[string]struct {
		reason string
		fails  []error
		id     string
		tries  int
		want   error
	}{
		"taken":           {"the usual way", nil, "", 1, nil},
		"failed task":     {"the next task takes it", []error{failed}, "", 2, nil},
		"another word":    {"a server of another release", []error{internal, failed}, "", 3, nil},
		"fails for good":  {"workflow code that panics: the caller learns of it", []error{failed, failed, failed, failed}, "", 3, failed},
		"other error":     {"no try changes it", []error{gone}, "", 1, gone},
		"the caller's id": {"a request that may come again", []error{failed}, "request", 2, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{fails: tt.fails}
			_, err := updates.Send(t.Context(), s, client.UpdateWorkflowOptions{WorkflowID: "w", UpdateName: "u", UpdateID: tt.id})
			if !errors.Is(err, tt.want) || len(s.ids) != tt.tries {
				t.Errorf("%s: %v after %d tries, want %v after %d", tt.reason, err, len(s.ids), tt.want, tt.tries)
			}
			if ids := slices.Compact(s.ids); len(ids) != 1 || ids[0] == "" || tt.id != "" && ids[0] != tt.id {
				t.Errorf("%s: update ids %q, want one", tt.reason, s.ids)
			}
		})
	}
}
