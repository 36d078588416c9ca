package main

import (
	"fmt"
	"testing"
)

// counts are numbers by what is counted.
type counts map[string]int

// estimate is why the classes by metadata differ: no document says which metadata a method has.
const estimate = "which schema is a method's metadata is matched by other rules of names"

// TestCounts holds the documents to a survey that was made of them in another way. A number that
// differs has its reason. An update of the module changes them: look at what has come and gone.
func TestCounts(t *testing.T) {
	t.Parallel()
	rows := []struct {
		what     string
		want     int
		surveyed int    // 0 if the same
		reason   string // why it differs
	}{
		{what: "documents", want: 651},
		{what: "standard collections", want: 620},
		{what: "standard get", want: 620},
		{what: "standard list", want: 481, surveyed: 479, reason: "cloudsearch and bigtableadmin list in a resource below the collection's"},
		{what: "standard cancel", want: 378},
		{what: "standard delete", want: 355},
		{what: "standard wait", want: 188},
		{what: "methods in each version", want: 2795},
		{what: "methods", want: 2761},
		{what: "services", want: 150},
		{what: "shape standard", want: 2142},
		{what: "shape compute", want: 511},
		{what: "shape sqladmin", want: 51},
		{what: "shape container", want: 46},
		{what: "shape storage", want: 9},
		{what: "shape dns", want: 2},
		{what: "POST", want: 1640},
		{what: "DELETE", want: 611},
		{what: "PATCH", want: 478},
		{what: "PUT", want: 26},
		{what: "GET", want: 6},
		{what: "creates", want: 593},
		{what: "deletes", want: 611},
		{what: "updates", want: 504},
		{what: "verbs on a collection", want: 219},
		{what: "verbs on a resource", want: 823, surveyed: 820, reason: "three POSTs to a resource's own path, such as servicenetworking's deleteConnection, stood by themselves"},
		{what: "verbs without a target", want: 11, surveyed: 14, reason: "the same three"},
		{what: "creates standard", want: 486},
		{what: "creates compute", want: 95},
		{what: "creates sqladmin", want: 6},
		{what: "creates container", want: 4},
		{what: "creates storage", want: 2},
		{what: "requestId", want: 1067},
		{what: "requestId ?", want: 976},
		{what: "requestId .", want: 91},
		{what: "validateOnly ?", want: 219},
		{what: "validateOnly .", want: 54},
		{what: "wrapped", want: 12},
		{what: "derived", want: 451, surveyed: 447, reason: "the four below"},
		{what: "derived standard", want: 357, surveyed: 355, reason: "cloudbuild's two githubEnterpriseConfigs take gheConfigId, whose last word is the collection's"},
		{what: "derived compute", want: 91, surveyed: 89, reason: "the survey did not see the name of two instant snapshot groups"},
		{what: "derived sqladmin", want: 3},
		{what: "undone by an operation", want: 435, surveyed: 431, reason: "the same four"},
		{what: "undone at once", want: 16},
		{what: "requestId of derived", want: 254, surveyed: 252, reason: "the two snapshot groups"},
		{what: "label of derived", want: 116},
		{what: "id in the query", want: 371, surveyed: 369, reason: "cloudbuild's two"},
		{what: "id beside the wrapped resource", want: 5},
		{what: "exactness 1", want: 1067},
		{what: "exactness 2", want: 138, surveyed: 139, reason: "two datasets of aiplatform take labels; three verbs have labels in a request that makes nothing known"},
		{what: "exactness 3", want: 69, surveyed: 80, reason: estimate},
		{what: "exactness 4", want: 751},
		{what: "exactness 5", want: 35, surveyed: 41, reason: estimate},
		{what: "exactness 6", want: 291, surveyed: 234, reason: estimate},
		{what: "exactness 7", want: 410, surveyed: 449, reason: estimate},
	}
	got := count(t)
	for _, row := range rows {
		if got[row.what] != row.want {
			t.Errorf("%s: %d, want %d (surveyed %d %s)", row.what, got[row.what], row.want, row.surveyed, row.reason)
		}
		if (row.surveyed != 0) != (row.reason != "") {
			t.Errorf("%s: differs without a reason", row.what)
		}
	}
}

func count(t *testing.T) counts {
	got := counts{"documents": len(documents(t).documents)}
	for _, d := range documents(t).documents {
		for _, c := range d.collections() {
			if c.shape != standard {
				continue
			}
			got["standard collections"]++
			for verb, m := range c.methods {
				if m != nil {
					got["standard "+verb]++
				}
			}
		}
	}
	services := map[string]bool{}
	for _, starts := range startsOnce() {
		got["methods in each version"] += len(starts)
	}
	for _, s := range methods(t) {
		services[s.document.Name] = true
		got.add(s)
	}
	got["services"] = len(services)
	return got
}

var kindWords = map[kind]string{
	creates: "creates", deletes: "deletes", updates: "updates", actsOnCollection: "verbs on a collection",
	actsOnResource: "verbs on a resource", actsWithoutTarget: "verbs without a target",
}

func (c counts) add(s start) {
	c["methods"]++
	c["shape "+s.shape]++
	c[s.HTTPMethod]++
	c[kindWords[s.kind]]++
	c[fmt.Sprintf("exactness %d", s.exactness())]++
	for _, field := range []string{"requestId", "validateOnly"} {
		if place := s.place(field); place != "" {
			c[field]++
			c[field+" "+place[:1]]++
		}
	}
	if s.kind == creates {
		c.addCreate(s)
	}
}

func (c counts) addCreate(s start) {
	c["creates "+s.shape]++
	if s.made.body != "" && s.made.body != "-" {
		c["wrapped"]++
	}
	if s.shape == standard && s.made.id[0] == '?' {
		c["id in the query"]++
	}
	if s.made.id[0] == '.' {
		c["id beside the wrapped resource"]++
	}
	if !s.derived() {
		return
	}
	c["derived"]++
	c["derived "+s.shape]++
	if s.document.shape(s.made.delete) != "" {
		c["undone by an operation"]++
	} else {
		c["undone at once"]++
	}
	switch s.exactness() {
	case 1:
		c["requestId of derived"]++
	case 2:
		c["label of derived"]++
	}
}
