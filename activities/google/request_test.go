package google

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

const key = "awaitop_0123456789abcdef0123456789abcdef"

// made makes the request of a step ready.
func made(t *testing.T, id, target, request string) (prepared, want, error) {
	t.Helper()
	m, err := find(id)
	if err != nil {
		return prepared{}, want{}, err
	}
	ready, err := m.prepare(starters.Want[json.RawMessage]{Target: target, Key: key, Request: json.RawMessage(request)})
	return ready, want{Target: target, Key: key, Request: ready}, err
}

// The id, the label, the wrap, the mask and the requestId stand where the catalog says.
func TestRequests(t *testing.T) {
	t.Parallel()
	first := requestID(key, 1)
	changed := func(method, request string) string {
		m, err := find(method)
		if err != nil {
			t.Fatal(err)
		}
		var r Request
		if err := json.Unmarshal([]byte(request), &r); err != nil {
			t.Fatal(err)
		}
		return requestID(prepared{method: m, request: r}.mark(key), 1)
	}
	const patch, remove = "alloydb.projects.locations.clusters.patch", "alloydb.projects.locations.clusters.delete"
	const request = `{"body":{"displayName":"d"},"updateMask":["displayName","labels"],"parameters":{"allowMissing":"true"}}`
	tests := []struct {
		reason  string
		method  string
		target  string
		request string
		line    string
		query   string
		body    string
	}{
		{
			"the id and the requestId in the query", "alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c",
			`{"body":{"network":"n","labels":{"team":"a"}}}`, "POST v1/projects/p/locations/l/clusters",
			"clusterId=c&requestId=" + first, `{"labels":{"awaitop_key":"` + key + `","team":"a"},"network":"n"}`,
		},
		{
			"a verb on a collection, whose id and requestId are in the body beside the wrapped resource",
			"alloydb.projects.locations.clusters.restore", "projects/p/locations/l/clusters/c",
			`{"body":{"network":"n"}}`, "POST v1/projects/p/locations/l/clusters:restore", "",
			`{"cluster":{"labels":{"awaitop_key":"` + key + `"},"network":"n"},"clusterId":"c","requestId":"` + first + `"}`,
		},
		{
			"the id in the wrapped resource, under labels of another name", "container.projects.locations.clusters.create", "projects/p/locations/l/clusters/c",
			`{"body":{"initialNodeCount":9007199254740993}}`, "POST v1/projects/p/locations/l/clusters", "",
			`{"cluster":{"initialNodeCount":9007199254740993,"name":"c","resourceLabels":{"awaitop_key":"` + key + `"}}}`,
		},
		{
			"the whole name in the body", "composer.projects.locations.environments.create", "projects/p/locations/l/environments/e", `{}`,
			"POST v1/projects/p/locations/l/environments", "", `{"labels":{"awaitop_key":"` + key + `"},"name":"projects/p/locations/l/environments/e"}`,
		},
		{
			"labels inside of the settings", "sql.instances.insert", "projects/p/instances/i", `{"body":{"settings":{"tier":"t"}}}`,
			"POST v1/projects/p/instances", "", `{"name":"i","settings":{"tier":"t","userLabels":{"awaitop_key":"` + key + `"}}}`,
		},
		{
			"a form of its own, without labels", "compute.networks.insert", "projects/p/global/networks/n", `{"body":{"autoCreateSubnetworks":false}}`,
			"POST compute/v1/projects/p/global/networks", "requestId=" + first, `{"autoCreateSubnetworks":false,"name":"n"}`,
		},
		{
			"an update has a mask, and further parameters", patch, "projects/p/locations/l/clusters/c", request,
			"PATCH v1/projects/p/locations/l/clusters/c", "allowMissing=true&requestId=" + changed(patch, request) + "&updateMask=displayName%2Clabels", `{"displayName":"d"}`,
		},
		{
			"a delete has no body", remove, "projects/p/locations/l/clusters/c", ``,
			"DELETE v1/projects/p/locations/l/clusters/c", "requestId=" + changed(remove, `{}`), ``,
		},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			ready, in, err := made(t, tt.method, tt.target, tt.request)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := ready.call(in, 1)
			if !ok || got.Line.String() != tt.line || got.Query.Encode() != tt.query || string(got.Body) != tt.body {
				t.Errorf("%v %s?%s %s", ok, got.Line, got.Query.Encode(), got.Body)
			}
		})
	}
}

// A request that cannot be right is refused with the field, before anything is sent.
func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reason  string
		method  string
		request string
		field   string
		says    string
	}{
		{"a typo gets a suggestion", "alloydb.projects.locations.cluster.create", ``, "method", "did you mean"},
		{"versions differ", "notebooks.projects.locations.instances.create", ``, "method", "notebooks/v2"},
		{"no such service", "acme.things.create", ``, "service", "acme"},
		{"no method that starts", "storage.buckets.insert", ``, "method", "starts no operation"},
		{"nobody knows where the id stands", "container.projects.zones.clusters.nodePools.create", ``, "method", "locations form"},
		{"nothing tells its operation from another's", "dialogflow.projects.conversationModels.create", ``, "method", ""},
		{"its operations cannot be read", "cloudidentity.groups.create", ``, "method", ""},
		{"no name is a target", "aiplatform.evaluateDataset", `{"mayStartTwice":true}`, "method", "its path names no resource"},
		{"a proxy may repeat a GET", "datamigration.projects.locations.connectionProfiles.fetchSourceObjects", ``, "method", ""},
		{"an unknown field of the envelope", "compute.networks.insert", `{"bdy":{}}`, "request.bdy", ""},
		{"a body that is no object", "compute.networks.insert", `{"body":[1]}`, "request.body", "[1]"},
		{"a mask where none is taken", "compute.networks.insert", `{"updateMask":["name"]}`, "request.updateMask", "name"},
		{"a parameter that the starter sets", "alloydb.projects.locations.clusters.create", `{"parameters":{"requestId":"1"}}`, "request.parameters.requestId", "none"},
		{"the id, beside that of the body", "spanner.projects.instances.create", `{"parameters":{"instanceId":"other"}}`, "request.parameters.instanceId", "the id"},
		{"the name of the path's project", "compute.networks.insert", `{"parameters":{"project":"victim"}}`, "request.parameters.project", "in the path"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			_, _, err := made(t, tt.method, "projects/p", tt.request)
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != tt.field || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A method of which nothing tells its operation starts if that is allowed.
func TestMayStartTwice(t *testing.T) {
	t.Parallel()
	for id, target := range map[string]string{
		"run.projects.locations.jobs.run":                                        "projects/p/locations/l/jobs/j",
		"aiplatform.projects.locations.featureGroups.patch":                      "projects/p/locations/l/featureGroups/f",
		"networkmanagement.projects.locations.networkMonitoringProviders.delete": "projects/p/locations/l/networkMonitoringProviders/n",
	} {
		if _, _, err := made(t, id, target, `{}`); err == nil || !strings.Contains(err.Error(), writeTwice) {
			t.Errorf("%s starts without being allowed to: %v", id, err)
		}
		if _, _, err := made(t, id, target, `{"mayStartTwice":true}`); err != nil {
			t.Error(err)
		}
	}
}

// The id of each generation is another UUID, and only those of the key are its own.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	if first := requestID(key, 1); first == requestID(key, 2) || first != requestID(strings.Clone(key), 1) {
		t.Error("a request id is not made of key and generation alone")
	}
	for id, want := range map[string]bool{requestID(key, 1): true, requestID(key, maxGenerations): true, requestID(key+"x", 1): false, "": false} {
		if isRequestID(id, key) != want {
			t.Errorf("isRequestID(%q) = %v", id, !want)
		}
	}
}

// The id of a change is made of the request, too, whatever an encoder writes: one key may have two changes, after a
// continue-as-new. What a step makes has one id.
func TestMarks(t *testing.T) {
	t.Parallel()
	const create, patch = "alloydb.projects.locations.clusters.create", "alloydb.projects.locations.clusters.patch"
	rows := []struct {
		reason, method, request, other string
		same                           bool
	}{
		{"spaces and order", patch, `{"body":{"a":1,"b":{"c":2,"d":3}}}`, `{"body":{ "b":{"d":3, "c":2}, "a":1}}`, true},
		{"another value", patch, `{"body":{"a":1}}`, `{"body":{"a":2}}`, false},
		{"a large number", patch, `{"body":{"a":9007199254740993}}`, `{"body":{"a":9007199254740992}}`, false},
		{"another mask", patch, `{"updateMask":["a"]}`, `{"updateMask":["b"]}`, false},
		{"another parameter", patch, `{"parameters":{"a":"1"}}`, `{"parameters":{"a":"2"}}`, false},
		{"what is made", create, `{"body":{"a":1}}`, `{"body":{"a":2}}`, true},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			const cluster = "projects/p/locations/l/clusters/c"
			one, _, err := made(t, row.method, cluster, row.request)
			two, _, errTwo := made(t, row.method, cluster, row.other)
			if err := errors.Join(err, errTwo); err != nil {
				t.Fatal(err)
			}
			if got := one.mark(key) == two.mark(key); got != row.same {
				t.Errorf("the same: %t", got)
			}
		})
	}
}

// A change that sets labels keeps the key that its target has.
func TestKeptKeys(t *testing.T) {
	t.Parallel()
	const cluster, instance = "projects/p/locations/l/clusters/c", "projects/p/locations/l/instances/i"
	rows := []struct {
		reason                          string
		method, target, request, labels string
		want                            string // the body
	}{
		{"labels alone", "container.projects.locations.clusters.setResourceLabels", cluster, `{"body":{"resourceLabels":{"a":"b"}}}`, `{"resourceLabels":{"awaitop_key":"k"}}`, `{"resourceLabels":{"a":"b","awaitop_key":"k"}}`},
		{"labels in depth", "sql.instances.patch", "projects/p/instances/i", `{"body":{"settings":{"tier":"t","userLabels":{}}}}`, `{"settings":{"userLabels":{"awaitop_key":"k"}}}`, `{"settings":{"tier":"t","userLabels":{"awaitop_key":"k"}}}`},
		{"labels that are cleared", "redis.projects.locations.instances.patch", instance, `{"body":{},"updateMask":["labels"]}`, `{"labels":{"awaitop_key":"k"}}`, `{"labels":{"awaitop_key":"k"}}`},
		{"another field", "redis.projects.locations.instances.patch", instance, `{"body":{"memorySizeGb":2},"updateMask":["memorySizeGb"]}`, `{"labels":{"awaitop_key":"k"}}`, `{"memorySizeGb":2}`},
		{"a target without a key", "redis.projects.locations.instances.patch", instance, `{"body":{"labels":{"a":"b"}}}`, `{"labels":{"c":"d"}}`, `{"labels":{"a":"b"}}`},
		{"a key of the request's own", "redis.projects.locations.instances.patch", instance, `{"body":{"labels":{"awaitop_key":"x"}}}`, `{"labels":{"awaitop_key":"k"}}`, `{"labels":{"awaitop_key":"x"}}`},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			p, in, err := made(t, row.method, row.target, row.request)
			if err != nil {
				t.Fatal(err)
			}
			r, ok := p.keepKey(&starters.Resource{JSON: json.RawMessage(row.labels)}).call(in, 1)
			if !ok || string(r.Body) != row.want {
				t.Errorf("%s, want %s", r.Body, row.want)
			}
		})
	}
}
