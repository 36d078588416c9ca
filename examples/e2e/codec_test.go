package e2e

import (
	"bytes"
	"encoding/base64"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// codec stands in for a user's encryption: what it did not encode does not
// decode.
type codec struct{}

func (codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		out[i] = &commonpb.Payload{Metadata: p.Metadata, Data: base64.StdEncoding.AppendEncode(nil, p.Data)}
	}
	return out, nil
}

func (codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		data, err := base64.StdEncoding.AppendDecode(nil, bytes.Clone(p.Data))
		if err != nil {
			return nil, err
		}
		out[i] = &commonpb.Payload{Metadata: p.Metadata, Data: data}
	}
	return out, nil
}

// With encrypted payloads and failures, a failure is read as without, through an
// activity error and through a child's.
func TestFailureThroughCodec(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	encoded := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec{})
	c, err := client.Dial(client.Options{
		HostPort: dev.Address(), Logger: quiet(), DataConverter: encoded,
		FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
			DataConverter: encoded, EncodeCommonAttributes: true,
		}),
	})
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(c.Close)
	b.client = c
	b.startWorker(benchOptions{})
	ref := b.operation(testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")})
	for name, run := range map[string]any{"inline": inlineAwait, "child": childAwait} {
		t.Run(name, func(t *testing.T) { // not in parallel: the bench's time runs while a test waits for its turn
			input := workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk}}
			started, err := c.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, run, input)
			if err != nil {
				t.Fatalf("start: %v", err)
			}
			err = started.Get(b.ctx, nil)
			if f, ok := lro.AsFailure(err); !ok || f.Type != lro.TypeOperationFailed || f.Operation.Error.Message != "duplicate key" {
				t.Errorf("failure = %t, %+v: %v", ok, f, err)
			}
		})
	}
}
