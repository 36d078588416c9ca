package resources

import (
	"encoding/json"
	"testing"
)

// A reply to a Get is a resource if something in it names one.
func TestIsResource(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, reply string
		want          bool
	}{
		{"a name", `{"name":"n"}`, true},
		{"a number for an id", `{"id":7}`, true},
		{"a link", `{"selfLink":"https://x/c"}`, true},
		{"the id in a field of its own, as Dataproc's", `{"projectId":"p","clusterName":"c","status":{"state":"RUNNING"}}`, true},
		{"the id of another", `{"projectId":"p","clusterName":"d"}`, false},
		{"the id in depth", `{"error":{"clusterName":"c"}}`, false},
		{"no id", `{"id":null,"name":""}`, false},
		{"nothing", `{}`, false},
		{"no object", `["c"]`, false},
	}
	for _, row := range rows {
		if got := isResource(json.RawMessage(row.reply), "projects/p/regions/r/clusters/c"); got != row.want {
			t.Errorf("%s: %t", row.reason, got)
		}
	}
}
