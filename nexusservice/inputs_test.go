package nexusservice

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// What a caller has written is read strictly. It never fails to decode, so that the operation says what is wrong.
func TestInputs(t *testing.T) {
	t.Parallel()
	const ref = `"ref":"//spanner.googleapis.com/projects/p/instances/i/operations/o"`
	get := func(raw string) error {
		in := &GetInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.invalid)
	}
	list := func(raw string) error {
		in := &ListInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.invalid)
	}
	poll := func(raw string) error {
		in := &PollNowInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.check())
	}
	stop := func(raw string) error {
		in := &StopInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.check())
	}
	policy := func(raw string) error {
		in := &SetPolicyInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.check())
	}
	deadline := func(raw string) error {
		in := &SetDeadlineInput{}
		return errors.Join(json.Unmarshal([]byte(raw), in), in.check())
	}
	tests := map[string]struct {
		reason  string
		read    func(string) error
		input   string
		field   string // "" for valid
		problem string
	}{
		"get":             {"as documented", get, `{` + ref + `}`, "", ""},
		"get, typo":       {"a typo is no default", get, `{` + ref + `,"reff":"x"}`, "reff", "did you mean ref?"},
		"list":            {"as documented", list, `{"collection":"//spanner.googleapis.com/projects/p/instances/i/operations","pageSize":7}`, "", ""},
		"list, type":      {"in JSON's words", list, `{"collection":7}`, "collection", "is a number; want a string"},
		"list, typo":      {"a typo is no default", list, `{"pagesize":7}`, "pagesize", "did you mean pageSize?"},
		"poll now":        {"as documented", poll, `{` + ref + `}`, "", ""},
		"poll now, more":  {"it takes a target alone", poll, `{` + ref + `,"reason":"x"}`, "reason", "does not exist"},
		"poll now, array": {"an input is an object", poll, `[]`, "input", "is a list; want an object"},
		"poll now, two":   {"which of them?", poll, `{` + ref + `,"workflowId":"w"}`, "input", "want one of operationToken, workflowId and ref"},
		"stop":            {"as documented", stop, `{"workflowId":"w","reason":"x"}`, "", ""},
		"stop, type":      {"in JSON's words", stop, `{"workflowId":"w","reason":7}`, "reason", "is a number; want a string"},
		"policy":          {"as documented", policy, `{"operationToken":"t","policy":{}}`, "", ""},
		"policy, none":    {"{} is the default", policy, `{"operationToken":"t"}`, "policy", "is missing"},
		"policy, within":  {"by its whole path", policy, `{` + ref + `,"policy":{"coefficient":"2"}}`, "policy.coefficient", "is a string; want a number"},
		"deadline":        {"as documented", deadline, `{` + ref + `,"in":"2h"}`, "", ""},
		"deadline, unit":  {"of what unit?", deadline, `{` + ref + `,"in":90}`, "in", "want a duration"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.read(tt.input)
			var invalid *lro.InvalidError
			if tt.field == "" && err == nil {
				return
			}
			if !errors.As(err, &invalid) || invalid.Field != tt.field || !strings.Contains(invalid.Error(), tt.problem) {
				t.Errorf("%s: %v, want %q with %q", tt.reason, err, tt.field, tt.problem)
			}
		})
	}
}
