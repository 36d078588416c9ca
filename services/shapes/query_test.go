package shapes

import (
	"net/url"
	"testing"
)

// A List's query has the parameters of the service.
func TestQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		shape  Shape
		query  url.Values
		want   string // "-" where the service has no such list
	}{
		"standard":      {"it takes all", Standard, url.Values{"pageSize": {"1000"}, "filter": {"done:true"}}, "filter=done%3Atrue&pageSize=1000"},
		"compute":       {"its page has another name", compute, url.Values{"pageSize": {"500"}, "returnPartialSuccess": {"true"}}, "maxResults=500"},
		"compute, more": {"it refuses more than 500", compute, url.Values{"pageSize": {"1000"}}, "maxResults=500"},
		"sqladmin":      {"its document has no bound", all["sqladmin"], url.Values{"pageSize": {"1000"}}, "maxResults=1000"},
		"no filter":     {"to leave a filter out would change the page", all["dns"], url.Values{"filter": {"x"}}, "-"},
		"no pages":      {"all operations come at once", all["container"], url.Values{"pageSize": {"1000"}, "pageToken": {"t"}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := tt.shape.Query(tt.query)
			if text := got.Encode(); ok == (tt.want == "-") || ok && text != tt.want {
				t.Errorf("%s: %q, %v, want %q", tt.reason, text, ok, tt.want)
			}
		})
	}
}
