package poller

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

func TestConsumerOf(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, quotaProject, resource string
		want                           consumer
	}{
		{"the project in the name", "", "projects/p/instances/i/operations/o", "projects/p"},
		{"by its number", "", "projects/123/locations/l/operations/o", "projects/123"},
		{"of a domain", "", "projects/example.com:p/operations/o", "projects/example.com:p"},
		{"a collection is its parent's", "", "projects/p/instances/i/databaseOperations", "projects/p"},
		{"so is a resource", "", "projects/p/instances/i", "projects/p"},
		{"and the project itself", "", "projects/p", "projects/p"},
		{"bigtableadmin has operations first", "", "operations/projects/p/instances/i/locations/l/operations/1", "projects/p"},
		{"servicenetworking has the service first", "", "services/servicenetworking.googleapis.com/projects/123/networks/n", "projects/123"},
		{"an organization has no quota of its own", "", "organizations/1/locations/l/operations/o", ""},
		{"nor has a folder", "", "folders/1/operations/o", ""},
		{"nor a billing account", "", "billingAccounts/1/operations/o", ""},
		{"a bare operation names none", "", "operations/acat.p2-1-2", ""},
		{"a resource that is called projects is no project", "", "organizations/projects/locations/projects/operations/o", ""},
		{"the wildcard is all projects", "", "projects/-/locations/-/operations", ""},
		{"a collection of projects is none", "", "projects", ""},
		{"a name that is none", "", "projects//operations/o", ""},
		{"no name", "", "", ""},
		{"the configured one pays for all", "q", "projects/p/instances/i/operations/o", "projects/q"},
		{"whatever they are", "q", "operations/o", "projects/q"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := consumerOf(row.quotaProject, row.resource); got != row.want {
				t.Errorf("%q with quota project %q: %q, want %q", row.resource, row.quotaProject, got, row.want)
			}
		})
	}
}

// exhausted is a 429 that names a consumer as Google's front ends do.
func exhausted(consumer string) error {
	detail, err := json.Marshal(map[string]any{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com",
		"metadata": map[string]string{"consumer": consumer, "quota_limit": "AdminMethodQuotaPerMinutePerProject"},
	})
	if err != nil {
		panic(err)
	}
	return &lro.Error{Method: "GetOperation", HTTP: 429, Status: lro.Status{Code: lro.CodeResourceExhausted, Details: []json.RawMessage{detail}}}
}

func TestNamedConsumer(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		err    error
		want   consumer
	}{
		{"a project, by its number", exhausted("projects/123"), "projects/123"},
		{"an organization", exhausted("organizations/1"), "organizations/1"},
		{"an older form", exhausted("project_number:123"), ""},
		{"a resource", exhausted("projects/p/instances/i"), ""},
		{"no id", exhausted("projects/"), ""},
		{"nothing", exhausted(""), ""},
		{"what is too long to be kept", exhausted("projects/" + strings.Repeat("p", 300)), ""},
		{"no ErrorInfo", &lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted}}, ""},
		{"no reply", errors.New("connection refused"), ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := namedConsumer(row.err); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestLowerRate(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason               string
		allowed, asked, want float64
	}{
		{"half of what was asked for", 1000, 600, 300},
		{"half of what is allowed, if more was asked for", 100, 120, 50},
		{"few requests are not too many, but it is heard", 1000, 1, 2.5},
		{"a share below the excess is halved", 2, 0, 1},
		{"down to the lowest rate", 0.15, 0, minRate},
		{"and no further", minRate, 0, minRate},
		{"a smaller share is not raised to it", 0.01, 0, 0.01},
		{"no share at all", 0, 0, 0},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			got := lowerRate(row.allowed, row.asked)
			if got != row.want || got > row.allowed {
				t.Errorf("%v of %v allowed and %v asked for, want %v", got, row.allowed, row.asked, row.want)
			}
		})
	}
}

func TestRaiseRate(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason         string
		lowered, share float64
		steps          int
		want           float64
	}{
		{"a step", 2, 5, 1, 2.1},
		{"none", 2, 5, 0, 2},
		{"up to the share", 2.5, 5, 15, 5},
		{"and never beyond, however long it was", 2.5, 5, 1 << 40, 5},
		{"nor a share that was not lowered", 0.01, 0.01, 3, 0.01},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := raiseRate(row.lowered, row.share, row.steps); got != row.want {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}
