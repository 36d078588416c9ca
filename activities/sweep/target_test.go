package sweep_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/services/rest"
)

const clusters = "projects/p/locations/l/clusters/"

// alloydb is a service whose metadata has the common fields, and no labels.
func alloydb(t *testing.T, replies map[string]any) *bench {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		reply, there := replies[strings.TrimPrefix(r.URL.Path, "/v1/")]
		if !there {
			w.WriteHeader(http.StatusNotFound)
			reply = map[string]any{"error": map[string]any{"code": 404, "message": "not found", "status": "NOT_FOUND"}}
		}
		_ = json.NewEncoder(w).Encode(reply)
	}))
	t.Cleanup(server.Close)
	client, err := rest.New(t.Context(), rest.Options{
		Services: []rest.Service{{Name: "alloydb.googleapis.com", Endpoint: server.URL}}, WithoutAuthentication: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return &bench{t: t, url: server.URL, core: activities.New(client, activities.Options{})}
}

func operationOf(id, verb, target string) map[string]any {
	return map[string]any{"name": "projects/p/locations/l/operations/" + id, "metadata": map[string]any{
		"@type": "type.googleapis.com/google.cloud.alloydb.v1.OperationMetadata", "verb": verb, "target": target, "createTime": "2026-01-02T03:04:05Z",
	}}
}

func clusterOf(id, label string) map[string]any {
	return map[string]any{"name": clusters + id, "state": "CREATING", "createTime": "2026-01-02T03:04:05Z", "labels": map[string]any{"awaitop_key": label}}
}

// An operation that makes a resource bears the label of its target, which is read. One that changes it, or that makes
// something else, does not.
func TestFindMarkedByTarget(t *testing.T) {
	t.Parallel()
	made, copied := key("made"), key("nested")
	b := alloydb(t, map[string]any{
		"projects/p/locations/l/operations": map[string]any{"operations": []any{
			operationOf("create", "create", clusters+"made"), operationOf("update", "update", clusters+"made"),
			operationOf("strange", "create", clusters+"unlabeled"), operationOf("vanished", "create", clusters+"gone"),
			operationOf("url", "create", "https://evil.example.com/x?y"), operationOf("none", "create", ""),
		}},
		"projects/p/locations/l/clusters":                     map[string]any{"clusters": []any{clusterOf("made", made), clusterOf("unlabeled", "prod")}},
		"projects/p/locations/l/clusters/made":                clusterOf("made", made),
		"projects/p/locations/l/clusters/unlabeled":           clusterOf("unlabeled", "prod"),
		"projects/p/locations/l/clusters/made/instances":      map[string]any{"instances": []any{map[string]any{"name": clusters + "made/instances/primary", "labels": map[string]any{"awaitop_key": copied}}}},
		"projects/p/locations/l/clusters/unlabeled/instances": map[string]any{},
		"projects/p/locations/l/backups":                      map[string]any{},
	})
	places := []orphans.Place{{Kind: orphans.Parent, Service: "alloydb.googleapis.com", Name: "projects/p/locations/l"}}
	out, err := b.find(places...)
	if err != nil || len(out.Problems) > 0 || len(out.Places) > 0 {
		t.Fatalf("%v, %+v, %+v", err, out.Problems, out.Places)
	}
	got := map[string]string{}
	for _, item := range out.Items {
		name := item.Ref.Name
		if item.Ref.IsZero() {
			name = strings.TrimPrefix(item.Resource, "//alloydb.googleapis.com/")
		}
		got[name[strings.LastIndexByte(name, '/')+1:]] = item.Key
		if item.Since.IsZero() && !strings.HasSuffix(name, "primary") {
			t.Errorf("%s: no time", name)
		}
	}
	want := map[string]string{"create": made, "update": "", "strange": "", "vanished": "", "url": "", "none": "", "made": made, "primary": copied}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, item := range out.Items {
		if strings.HasSuffix(item.Resource, "/primary") && item.Delete != "DELETE "+b.url+"/v1/"+clusters+"made/instances/primary" {
			t.Errorf("deleted by %q", item.Delete)
		}
	}
}

// The label of the request in the metadata counts for an operation that creates, and only if there is one.
func TestFindMarkedByRequest(t *testing.T) {
	t.Parallel()
	one, other := key("one"), key("other")
	labels := func(key string) map[string]any { return map[string]any{"labels": map[string]any{"awaitop_key": key}} }
	rows := map[string]struct {
		metadata map[string]any
		want     string
	}{
		"a request":            {map[string]any{"verb": "create", "originalRequest": map[string]any{"cluster": labels(one)}}, one},
		"labels of a database": {map[string]any{"verb": "create", "settings": map[string]any{"userLabels": map[string]any{"awaitop_key": one}}}, one},
		"the type's name":      {map[string]any{"@type": "type.googleapis.com/x.v1.CreateThingMetadata", "thing": labels(one)}, one},
		"an update":            {map[string]any{"@type": "type.googleapis.com/x.v1.UpdateThingMetadata", "thing": labels(one)}, ""},
		"a delete":             {map[string]any{"verb": "delete", "thing": labels(one)}, ""},
		"two that differ":      {map[string]any{"verb": "create", "a": labels(one), "b": labels(other)}, ""},
		"the same twice":       {map[string]any{"verb": "create", "a": labels(one), "b": labels(one)}, one},
		"no key":               {map[string]any{"verb": "create", "thing": labels("prod")}, ""},
		"too deep":             {map[string]any{"verb": "create", "a": map[string]any{"b": map[string]any{"c": labels(one)}}}, ""},
	}
	for reason, row := range rows {
		b := alloydb(t, map[string]any{"projects/p/locations/l/operations": map[string]any{"operations": []any{
			map[string]any{"name": "projects/p/locations/l/operations/o", "metadata": row.metadata},
		}}})
		out, err := b.find(orphans.Place{Kind: orphans.Operations, Service: "alloydb.googleapis.com", Name: "projects/p/locations/l/operations"})
		if err != nil || len(out.Items) != 1 || out.Items[0].Key != row.want {
			t.Errorf("%s: %+v, %v, want %q", reason, out.Items, err, row.want)
		}
	}
}
