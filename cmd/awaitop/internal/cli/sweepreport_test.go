package cli

import "testing"

// A delete goes to where the worker reaches the service, with a token only if the worker sends one.
func TestCurl(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, url string
		without     bool
		want        string
	}{
		{"a service", "https://s.googleapis.com/v1/projects/p", false, `curl -X DELETE -H "Authorization: Bearer $(gcloud auth print-access-token)" https://s.googleapis.com/v1/projects/p`},
		{"an emulator", "http://127.0.0.1:9020/v1/projects/p", true, "curl -X DELETE http://127.0.0.1:9020/v1/projects/p"},
		{"a URL that a shell would read", "https://s.googleapis.com/v1/projects/p?force=true", true, "curl -X DELETE 'https://s.googleapis.com/v1/projects/p?force=true'"},
	}
	for _, row := range rows {
		if got := curl("DELETE", row.url, row.without); got != row.want {
			t.Errorf("%s: %s", row.reason, got)
		}
	}
}
