package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// await starts a wait and returns its workflow id.
func (s *site) await(ref lro.Ref, options workflows.AwaitOptions) string {
	s.t.Helper()
	run, err := workflows.Start(s.t.Context(), s.client, s.queue, ref, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return run.ID
}

// polled waits until a wait has been polled.
func (s *site) polled(workflowID string) control.Wait {
	s.t.Helper()
	var found control.Wait
	eventually(s.t, func() error {
		status, err := control.Describe(s.t.Context(), s.client, workflowID, control.Options{})
		if err == nil && (len(status.Waits) == 0 || status.Waits[0].Polls == 0) {
			err = fmt.Errorf("%+v has not been polled", status)
		}
		if err == nil {
			found = status.Waits[0]
		}
		return err
	})
	return found
}

// embedded is a worker in this process, with workflows that wait inline.
func (s *site) embedded(options sdk.Options) {
	s.t.Helper()
	plugin, err := worker.Plugin(s.t.Context(), worker.Options{Rest: rest.Options{
		WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: s.endpoint}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	options.Plugins = []sdk.Plugin{plugin}
	w := sdk.New(s.client, s.queue, options)
	w.RegisterWorkflow(inline)
	w.RegisterWorkflow(parent)
	w.RegisterWorkflow(makesInstance)
	w.RegisterWorkflow(twice)
	w.RegisterWorkflow(children)
	w.RegisterWorkflow(set)
	if err := w.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(w.Stop)
}

// inline awaits one operation and a set, side by side.
func inline(ctx workflow.Context, refs []lro.Ref, attributes bool) error {
	return workflows.Parallel(ctx,
		func(ctx workflow.Context) error {
			_, err := workflows.Await(ctx, refs[0], workflows.AwaitOptions{SearchAttributes: attributes})
			return err
		},
		func(ctx workflow.Context) error {
			_, err := workflows.AwaitAll(ctx, refs[1:], workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{SearchAttributes: attributes}})
			return err
		})
}

// parent awaits an operation in a child.
func parent(ctx workflow.Context, ref lro.Ref) error {
	return workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{}).Get(ctx, nil)
}

func (s *site) run(id string, w any, args ...any) {
	s.t.Helper()
	_, err := s.client.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: s.queue}, w, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = s.client.TerminateWorkflow(context.Background(), id, "", "the test is over") })
}

// backup starts an operation that is at 10% at once: Spanner does not write 0%.
func (s *site) backup(name string) lro.Ref {
	metadata := testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)
	return s.start(name, testsuite.Script{RunsFor: 5 * time.Minute, Metadata: func(at testsuite.Snapshot) json.RawMessage {
		at.Fraction = max(at.Fraction, 0.1)
		return metadata(at)
	}})
}
