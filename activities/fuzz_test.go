package activities

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// A poll's input is whatever a program wrote. It never fails to decode, so that the
// activity says what is wrong; what is valid stays so through Temporal's boundary.
func FuzzPollInput(f *testing.F) {
	for _, seed := range []string{
		`{"ref":"//spanner.googleapis.com/projects/p/instances/i/operations/o","startTime":"2026-01-02T03:04:05Z","policy":{"coefficient":1.5,"initialInterval":"1s"},"authGrace":"3600s","observed":{"progress":{"percent":4,"known":true},"firstDelay":"20s"},"newer":1}`,
		`{"ref":"//spanner.googleapis.com/projects/p","startTime":7}`, `null`, `[]`, `"x"`, `{"policy":{"newer":1}}`, `{"Ref":1,"ref":null}`, `{"authGrace":"1e9s"}`, `{"ref":1,"ref":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in, back PollInput
		if !json.Valid(raw) {
			return // encoding/json never hands it over
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		err := in.validate()
		if invalid := (*lro.InvalidError)(nil); err != nil {
			if !errors.As(err, &invalid) || invalid.Field == "" {
				t.Errorf("%s: %#v names no field", raw, err)
			}
			return
		}
		encoded, err := json.Marshal(in)
		if err != nil {
			t.Fatalf("%s is valid, and does not encode: %v", raw, err)
		}
		if err := json.Unmarshal(encoded, &back); err != nil || back.validate() != nil {
			t.Fatalf("%s was read back: %v, %v", encoded, err, back.validate())
		}
		if again, err := json.Marshal(back); err != nil || string(again) != string(encoded) {
			t.Errorf("%s was read back as %s, %v", encoded, again, err)
		}
	})
}

// A heartbeat fits its 4 KiB whatever it tells of, and is read back as it was.
func FuzzHeartbeat(f *testing.F) {
	f.Add("spanner.googleapis.com", "projects/p/instances/i/operations/o", "no", []byte(`{"progress":{"progressPercent":40}}`))
	f.Add("a.example", strings.Repeat("<", 3000), strings.Repeat("\xff", 300), []byte(`{"progress":[{}],"statements":["a"]}`))
	f.Add(strings.Repeat("a", 3000), "\xff\a", "&", []byte(`{}`)) // a step that is told without its operation
	f.Add("", "", "\x00\u2028", []byte(`{"optimizeDatabaseOperationName":"`+strings.Repeat("<", 5000)+`"}`))
	f.Fuzz(func(t *testing.T, service, name, message string, metadata []byte) {
		var beat, back Heartbeat
		beat.describes(&PollInput{Ref: lro.Ref{Service: service, Name: name}, Step: "CreateInstance " + name})
		beat.LastError = brief(&lro.Error{Method: "GetOperation", Status: lro.Status{Code: lro.CodeUnavailable, Message: message}})
		beat.Progress = poller.ObservationOf(lro.Operation{Metadata: metadata}).Progress
		raw, err := json.Marshal(beat)
		if err != nil || len(raw) > 4<<10 {
			t.Fatalf("%d bytes, %v", len(raw), err)
		}
		if json.Unmarshal(raw, &back) != nil || !beat.Ref.IsZero() && beat.Ref.Validate() != nil {
			return // no wait has a Ref that is not valid
		}
		if again, err := json.Marshal(back); err != nil || string(again) != string(raw) {
			t.Errorf("%s was read back as %s, %v", raw, again, err)
		}
	})
}
