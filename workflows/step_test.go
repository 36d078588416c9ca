package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// What a starter gets is a contract: the key above all, by which a later release
// finds what this one started.
func TestStartInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var got []starters.StartInput
	w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
		got = append(got, in)
		return starters.StartOutput{Found: true, Operation: lro.Operation{Done: true}}, nil
	}, activity.RegisterOptions{Name: "test.Start"})
	began := w.env.Now()
	err := w.run(func(ctx workflow.Context) error {
		for _, name := range []string{"", "a name"} {
			if err := workflow.Sleep(ctx, time.Hour); err != nil {
				return err
			}
			step := workflows.Step[struct{}]{Name: name, Activity: "test.Start", Target: "projects/p/things/t", Request: map[string]int{"size": 1}}
			if _, err := workflows.Run(ctx, nil, step); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d starts, %v", len(got), err)
	}
	for i, key := range []string{"awaitop_96122ccceeb918f4577a7fcef42267f0", "awaitop_96122ccceeb918f45723f50a9b1c80ca"} {
		in := got[i]
		if in.Key != key || in.Target != "projects/p/things/t" || string(in.Request) != `{"size":1}` || in.AdoptOnly {
			t.Errorf("start %d: %+v, want key %s", i, in, key)
		}
		if err := in.Validate(); err != nil {
			t.Errorf("start %d: %v", i, err)
		}
		if in.Since.Sub(began).Abs() > time.Minute {
			t.Errorf("start %d: since %v, want the workflow's start, %v", i, in.Since, began)
		}
	}
}
