package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	const instance = "projects/p/instances/i"
	for i := range 5 {
		service.Start(fmt.Sprintf("%s/operations/o%d", instance, i), testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(0)})
	}
	service.Start(instance+"/operations/failed", testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "it broke")})
	call := func(args ...string) *process {
		return awaitop(t, append(append([]string{"operations"}, args...), "--endpoint", service.Serve(t), "--without-authentication")...)
	}
	call("list", instance).wants(t, 0, "OPERATION", "//spanner.googleapis.com/"+instance+"/operations/o0", "running", "failed: INTERNAL: it broke")
	page := call("list", instance+"/operations", "--page-size", "2")
	page.wants(t, 0, "there are more: --page-token")
	_, rest, _ := strings.Cut(page.err.String(), "--page-token ")
	token, _, _ := strings.Cut(rest, ",")
	call("list", instance, "--page-size", "2", "--page-token", token).wants(t, 0, "/operations/o")
	if got := lines[lro.Operation](t, call("list", instance, "--page-size", "2", "--all", "-o", "json").out.String()); len(got) != 6 {
		t.Errorf("%d operations on all pages, want 6", len(got))
	}
	for _, op := range lines[struct{ Ref, Name string }](t, call("list", instance, "--all", "-o", "json").out.String()) {
		if op.Ref != "//spanner.googleapis.com/"+op.Name {
			t.Errorf("%+v: want the REF of the name", op)
		}
	}
	// What a command prints is what the next one takes.
	listed := strings.Fields(strings.SplitN(call("list", instance).out.String(), "\n", 3)[1])[0]
	call("get", listed).wants(t, 0, listed)
	call("get", "await:"+listed).wants(t, 0, listed)
	call("cancel", listed).wants(t, 0, listed+": the service took the cancel")
	call("get", "//spanner.googleapis.com/"+instance+"/operations/o0").wants(t, 0, "running")
	call("get", instance+"/operations/none").wants(t, 1, "NOT_FOUND")
	call("cancel", instance+"/operations/o0").wants(t, 0, "the service took the cancel")
	call("get", instance+"/operations/o0", "-o", "json").wants(t, 0, `"code":1`)
	call("delete", instance+"/operations/o0").wants(t, 0, "deleted")
	call("get", instance+"/operations/o0").wants(t, 1, "NOT_FOUND")
	call("get", "projects/../p").wants(t, 2, "ref.name")
	call("list", "projects/p/instances/none").wants(t, 0, "no operations")
}
