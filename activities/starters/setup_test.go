package starters

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// service is the service of the tests. Their functions answer for it.
const service = "things.example.com"

type jsonText = json.RawMessage

// checkThing allows all things.
func checkThing(field, name string) error {
	if name == "forbidden" {
		return &lro.InvalidError{Field: field, Value: name, Want: "a thing"}
	}
	return nil
}

// bench is an environment for attempts.
type bench struct {
	t     *testing.T
	env   *sdk.TestActivityEnvironment
	core  *activities.Activities
	beats []Known // the intents that were recorded
	read  readFunc
}

// readFunc reads an operation.
type readFunc func(lro.Ref) (lro.Operation, error)

func newBench(t *testing.T) *bench {
	t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	b := &bench{t: t, env: suite.NewTestActivityEnvironment(), read: func(lro.Ref) (lro.Operation, error) {
		return lro.Operation{}, errors.New("no operation is read")
	}}
	b.core = activities.New(benchClient{bench: b}, activities.Options{})
	b.env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		var known Known
		if err := details.Get(&known); err != nil {
			t.Error(err)
		}
		b.beats = append(b.beats, known)
	})
	return b
}

// execute makes one attempt, and returns the type of its failure.
func (b *bench) execute(name string, in, out any) (fails string) {
	b.t.Helper()
	if failure := b.failure(name, in, out); failure != nil {
		return failure.Type()
	}
	return ""
}

// failure makes one attempt, and returns its failure, nil for none.
func (b *bench) failure(name string, in, out any) (app *temporal.ApplicationError) {
	b.t.Helper()
	value, err := b.env.ExecuteActivity(name, in)
	switch {
	case errors.As(err, &app):
		return app
	case err != nil:
		b.t.Fatal(err)
	}
	if err := value.Get(out); err != nil {
		b.t.Fatal(err)
	}
	return nil
}

// benchClient is a client that reads as the bench says, and is not called otherwise.
type benchClient struct {
	lro.Client
	bench *bench
}

func (c benchClient) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return c.bench.read(ref)
}
