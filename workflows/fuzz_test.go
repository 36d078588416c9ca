package workflows_test

import (
	"encoding/json"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// AwaitOperation's input is whatever a user wrote. It never fails to decode, so that the
// workflow says what is wrong; what is valid stays so through Temporal's boundary.
func FuzzAwaitInput(f *testing.F) {
	const ref = `"ref":"//spanner.googleapis.com/projects/p/instances/i/operations/o"`
	for _, seed := range []string{
		`{` + ref + `}`, `{` + ref + `,"policy":{"maximumInterval":"30s"},"timeout":"1h30m","operation":{"name":"projects/p/instances/i/operations/o","metadata":{"a":1}}}`,
		`{` + ref + `,"origin":"worker","newer":[1],"resume":{"startTime":"2026-01-02T03:04:05Z"}}`, `{"operation":{"done":true}}`, `{"operation":{"done":true,"error":{"code":0}}}`,
		`{"ref":17}`, `{"Ref":"x","ref":null}`, `{"timeout":7}`, `null`, `[]`, `"x"`, `{"operation":{"done":true,"response":"\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // encoding/json never hands it over
		}
		var in, back workflows.AwaitInput
		if err := json.Unmarshal(raw, &in); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		_, err := workflows.Start(t.Context(), nil, "queue", in.Ref, in.AwaitOptions)
		failure, ok := lro.AsFailure(err)
		if !ok || failure.Type != lro.TypeInvalidInput || failure.Field == "" {
			t.Fatalf("%s: %v, want that there is no client at least", raw, err)
		}
		if failure.Field != "client" {
			return
		}
		encoded, err := json.Marshal(in)
		if err != nil {
			t.Fatalf("%s does not encode: %v", raw, err)
		}
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(back); err != nil || string(again) != string(encoded) {
			t.Errorf("%s was read back as %s, %v", encoded, again, err)
		}
	})
}
