package main

import (
	"testing"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
)

func TestFailedAt(t *testing.T) {
	t.Parallel()
	const instance = "projects/p/instances/i"
	in := provision.Input{Project: "projects/p", Instance: "i", Databases: []string{"a", "b"}, Backup: "first"}
	ended := func(name string, code lro.Code) lro.Failure {
		return lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{
			Ref: lro.Ref{Service: lro.SpannerService, Name: name + "/operations/o"}, Operation: lro.Operation{Done: true, Error: &lro.Status{Code: code}},
		}}
	}
	refused := func(name string, code lro.Code) lro.Failure {
		return lro.Failure{Type: lro.TypeStartFailed, Resources: []string{name}, StartError: &lro.Status{Code: code}}
	}
	for name, row := range map[string]struct {
		reason  string
		step    string
		failure lro.Failure
		want    bool
	}{
		"instance":        {"its operation failed", "instance", ended(instance, lro.CodeResourceExhausted), true},
		"refused":         {"no operation was started", "instance", refused(instance, lro.CodeInvalidArgument), true},
		"invalid":         {"nothing was sent", "database", lro.Failure{Type: lro.TypeInvalidInput, Resources: []string{instance + "/databases/b"}}, true},
		"database":        {"the second one's", "database", ended(instance+"/databases/b", lro.CodeInternal), true},
		"schema":          {"each has the same", "schema", ended(instance+"/databases/a", lro.CodeInvalidArgument), true},
		"index":           {"the first one's", "index", ended(instance+"/databases/a", lro.CodeFailedPrecondition), true},
		"backup":          {"its own", "backup", ended(instance+"/backups/first", lro.CodeInternal), true},
		"another step":    {"the database failed, not the instance", "instance", ended(instance+"/databases/b", lro.CodeResourceExhausted), false},
		"another code":    {"it failed for another reason", "index", ended(instance+"/databases/a", lro.CodeUnavailable), false},
		"not of a step":   {"such as an activity that loads rows", "index", lro.Failure{}, false},
		"something left":  {"the saga could not undo all", "instance", lro.Failure{Type: lro.TypeCompensationFailed}, false},
		"nothing to fail": {"the run was to succeed", "", ended(instance, lro.CodeInternal), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failedAt(row.step, in, row.failure); got != row.want {
				t.Errorf("%s: %t, want %t", row.reason, got, row.want)
			}
		})
	}
}
