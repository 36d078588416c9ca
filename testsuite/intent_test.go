package testsuite_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// outage is a codec that is out of reach for the first payloads that hold an intent.
type outage struct{ down int }

func (o *outage) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return payloads, nil
}

func (o *outage) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	for _, p := range payloads {
		if bytes.HasPrefix(p.Data, []byte(`{"at":`)) && o.down > 0 {
			o.down--
			return nil, errors.New("the codec server is out of reach")
		}
	}
	return payloads, nil
}

// The worker of a start died after the call. Its last heartbeat says so, or may: the next attempt is
// never told that no call was made.
func TestIntentOfDeadWorker(t *testing.T) {
	t.Parallel()
	intent := starters.Known{At: time.Now()}
	rows := map[string]struct {
		reason         string
		heartbeat      any
		down           int
		known, retried bool
	}{
		"an intent":                  {"what is new is the workflow's", intent, 0, true, false},
		"an intent, the codec fails": {"the workflow task is tried again", intent, 1, true, false},
		"no intent":                  {"an own starter may record what it likes", map[string]string{"step": "called"}, 0, false, true},
		"no JSON object":             {"that tells nothing as well", "called", 0, false, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Service: libraryService})
			withCodec := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), &outage{down: row.down})
			env.SetDataConverter(withCodec)
			env.SetFailureConverter(temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: withCodec}))
			var inputs []starters.StartInput
			env.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
				if inputs = append(inputs, in); len(inputs) == 1 {
					return starters.StartOutput{}, temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_START_TO_CLOSE, nil, row.heartbeat)
				}
				return starters.StartOutput{Found: true, Operation: lro.Operation{Done: true}}, nil
			}, activity.RegisterOptions{Name: "acme.Create"})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				_, err := workflows.Run(ctx, nil, workflows.Step[struct{}]{Activity: "acme.Create", Target: "things/t"})
				return err
			})
			if len(inputs) != 2 {
				if row.down > 0 && env.GetWorkflowError() != nil {
					return // the test environment ends a workflow whose task fails, a server tries it again
				}
				t.Fatalf("%s: %d attempts, %v", row.reason, len(inputs), env.GetWorkflowError())
			}
			if next := inputs[1]; (next.Known != nil) != row.known || next.Retried != row.retried {
				t.Errorf("%s: the next attempt is told %+v", row.reason, next)
			}
		})
	}
}
