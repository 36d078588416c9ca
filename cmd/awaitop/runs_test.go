package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// An operator sees a RunOperation while its operation runs and while it holds, and undoes it.
func TestRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	target := "projects/" + strings.ToLower(s.queue) + "/instances/shop"
	id := s.queue + "-make"
	in := workflows.RunInput{
		Method: "spanner.projects.instances.create", Target: target, HoldFor: time.Hour,
		Request: workflows.RunRequest{Body: json.RawMessage(`{"displayName":"shop","nodeCount":1}`)},
	}
	in.Await.TaskQueue, in.Await.ControlTaskQueue = s.queue, workflows.ControlTaskQueue(s.queue)
	if _, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: s.queue}, workflows.RunOperationName, in); err != nil {
		t.Fatal(err)
	}
	eventuallyOf(t, []string{"describe", id}, "holding\n", target, in.Method)
	eventuallyOf(t, []string{"list", "--all"}, id, target, "holding")
	awaitop(t, "cancel", id).wants(t, 1, "it is a RunOperation: `awaitop undo "+id+"`")
	awaitop(t, "undo", id, "--reason", "the wrong region").wants(t, 0, "undone; "+target+": it was deleted", "operation //spanner.googleapis.com/")
	s.service.AssertNothingLeft(t, target)
	awaitop(t, "undo", id).wants(t, 0, "it was deleted") // the first one's answer
	awaitop(t, "undo", s.queue+"-none").wants(t, 1, "no workflow "+s.queue+"-none")
	ref := s.start("wait", testsuite.Script{End: testsuite.RunForever()})
	awaitop(t, "await", ref.String(), "-t", s.queue, "--detach").wants(t, 0, "started")
	awaitop(t, "undo", workflows.WorkflowID(ref)).wants(t, 1, "it awaits an operation: `awaitop cancel")
}

// eventuallyOf waits until a command prints the texts.
func eventuallyOf(t *testing.T, args []string, texts ...string) {
	t.Helper()
	eventually(t, func() error {
		p := awaitop(t, args...)
		for _, text := range texts {
			if !strings.Contains(p.out.String(), text) {
				return fmt.Errorf("no %q in:\n%s%s", text, p.out.String(), p.err.String())
			}
		}
		return nil
	})
}
