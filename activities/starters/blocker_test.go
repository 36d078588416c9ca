package starters

import (
	"encoding/json"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// A refusal because another operation runs names that operation, or not.
func TestInTheWay(t *testing.T) {
	t.Parallel()
	reason := func(text string) []json.RawMessage {
		return []json.RawMessage{json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"` + text + `"}`)}
	}
	tests := []struct {
		reason  string
		err     error
		names   string
		blocked bool
	}{
		{"Cloud SQL's 409", &lro.Error{Status: lro.Status{Code: lro.CodeAlreadyExists, Message: "Operation failed because another operation was already in progress.", Details: reason("operationInProgress")}}, "", true},
		{"Compute Engine's", &lro.Error{Status: lro.Status{Code: lro.CodeInvalidArgument, Message: "The resource 'n' is not ready", Details: reason("resourceNotReady")}}, "", true},
		{
			"GKE names the id", &lro.Error{Status: lro.Status{Code: lro.CodeFailedPrecondition, Message: "Cluster is running incompatible operation operation-1700000000000-0a1b2c3d."}},
			"operation-1700000000000-0a1b2c3d", true,
		},
		{
			"a whole name, at the end of a sentence", &lro.Error{Status: lro.Status{Code: lro.CodeAborted, Message: "another operation (projects/p/locations/l/operations/op-1) is running."}},
			"projects/p/locations/l/operations/op-1", true,
		},
		{
			"GKE in other words", &lro.Error{Status: lro.Status{Code: lro.CodeFailedPrecondition, Message: "Operation operation-1558074043943-c4492e58 is currently upgrading cluster c. Please wait and try again once it is done."}},
			"operation-1558074043943-c4492e58", true,
		},
		{
			"other words that name an operation", &lro.Error{Status: lro.Status{Code: lro.CodeFailedPrecondition, Message: "Operation projects/p/locations/l/operations/op-1 is currently working on c."}},
			"projects/p/locations/l/operations/op-1", true,
		},
		{"another precondition", &lro.Error{Status: lro.Status{Code: lro.CodeFailedPrecondition, Message: "the instance has backups"}}, "", false},
		{"a resource that exists", &lro.Error{Status: lro.Status{Code: lro.CodeAlreadyExists, Message: "projects/p/instances/i already exists"}}, "", false},
		{"a quota of operations at once is a quota", &lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted, Message: "too many concurrent operations"}}, "", false},
		{"a proxy's page says nothing", &lro.Error{NoStatus: true, HTTP: 409, Status: lro.Status{Code: lro.CodeAborted, Message: "another operation"}}, "", false},
		{"no answer", json.Unmarshal([]byte("{"), new(any)), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			if name, blocked := inTheWay(tt.err); name != tt.names || blocked != tt.blocked {
				t.Errorf("%q, %v", name, blocked)
			}
		})
	}
}
