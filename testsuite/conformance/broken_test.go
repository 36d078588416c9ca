package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/testsuite/conformance"
)

// brokenVariable names a broken client. With it set, this test binary runs the
// conformance suite against that client and nothing else: a *testing.T cannot
// be faked, so the suite is seen to fail from outside.
const brokenVariable = "AWAITOP_CONFORMANCE_BROKEN"

func TestMain(m *testing.M) {
	connect, broken := brokenClients[os.Getenv(brokenVariable)]
	if !broken {
		os.Exit(m.Run())
	}
	suite := []testing.InternalTest{{Name: "Broken", F: func(t *testing.T) {
		conformance.TestClient(t, func(_ *testing.T, service *testsuite.Service) lro.Client { return connect(service) })
	}}}
	testing.Main(func(string, string) (bool, error) { return true, nil }, suite, nil, nil)
}

var brokenClients = map[string]func(*testsuite.Service) lro.Client{
	"rounds":   func(s *testsuite.Service) lro.Client { return rounding{s} },
	"careless": func(s *testsuite.Service) lro.Client { return careless{s} },
	"forgets":  func(s *testsuite.Service) lro.Client { return forgetful{s} },
	"swallows": func(s *testsuite.Service) lro.Client { return swallowing{s} },
	"deaf":     func(s *testsuite.Service) lro.Client { return deaf{s} },
}

func TestConformanceFails(t *testing.T) {
	t.Parallel()
	rows := []struct {
		client, reason string
		want           []string // rows that must fail
	}{
		{"rounds", "it decodes metadata into Go numbers", []string{"get/metadata"}},
		{"careless", "it sends what it is given", []string{"refused/traversal", "refused/other_service", "refused/resource"}},
		{"forgets", "it loses the filter and the token", []string{"list/filter", "list/bad_token"}},
		{"swallows", "its cancel and delete always succeed", []string{"cancel/unsupported", "cancel/refused", "delete/unsupported"}},
		{"deaf", "it makes every error its own and loses what the service said", []string{"errors/429", "errors/Retry-After", "errors/no_operation", "errors/404"}},
	}
	for _, row := range rows {
		t.Run(row.client, func(t *testing.T) {
			t.Parallel()
			output, failed := runBroken(t, row.client)
			if !failed {
				t.Fatalf("the suite accepts a client although %s", row.reason)
			}
			for _, name := range row.want {
				if !strings.Contains(output, "--- FAIL: Broken/"+name+" ") {
					t.Errorf("%q did not fail although %s:\n%s", name, row.reason, output)
				}
			}
			if strings.Contains(output, "panic: ") {
				t.Errorf("the suite panics:\n%s", output)
			}
		})
	}
}

func runBroken(t *testing.T, client string) (output string, failed bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self)
	command.Env = append(os.Environ(), brokenVariable+"="+client)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err != nil
}

type rounding struct{ *testsuite.Service }

func (c rounding) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := c.Service.GetOperation(ctx, ref)
	var fields map[string]any
	if json.Unmarshal(op.Metadata, &fields) == nil {
		op.Metadata, _ = json.Marshal(fields)
	}
	return op, err
}

// careless answers for names that no request may have.
type careless struct{ *testsuite.Service }

func (c careless) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if ref.Name != "projects/p/instances/i/databases/d/operations/o" || ref.Service != lro.SpannerService {
		ref = lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/sent-as-it-is"}
	}
	return c.Service.GetOperation(ctx, ref)
}

type forgetful struct{ *testsuite.Service }

func (c forgetful) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	in.Filter, in.PageToken, in.PageSize = "", "", 0
	return c.Service.ListOperations(ctx, in)
}

type swallowing struct{ *testsuite.Service }

func (c swallowing) CancelOperation(ctx context.Context, ref lro.Ref) error {
	_ = c.Service.CancelOperation(ctx, ref)
	return nil
}

func (c swallowing) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	_ = c.Service.DeleteOperation(ctx, ref)
	return nil
}

type deaf struct{ *testsuite.Service }

func (c deaf) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := c.Service.GetOperation(ctx, ref)
	if err != nil {
		err = errors.New("something went wrong")
	}
	return op, err
}
