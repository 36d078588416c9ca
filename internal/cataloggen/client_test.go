package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// recorder is a client, and the last request that it has sent.
type recorder struct {
	*rest.Client
	sent string // such as "GET v1/operations?name=projects/p"
}

// newRecorder is a client of the services.
func newRecorder(t *testing.T, services ...rest.Service) *recorder {
	t.Helper()
	r := &recorder{}
	client, err := rest.New(t.Context(), rest.Options{Services: services, WithoutAuthentication: true, Transport: r})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	r.Client = client
	return r
}

// RoundTrip keeps the request line, without the parameters that each request has.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.sent = request.Method + " " + strings.TrimPrefix(request.URL.Path, "/")
	if parent := request.URL.Query().Get("name"); parent != "" {
		r.sent += "?name=" + parent
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1, Request: request, Body: io.NopCloser(strings.NewReader(`{"name": "n", "done": true}`))}, nil
}

// send makes the request about an operation, and returns its line, "" if none was sent.
func (r *recorder) send(ctx context.Context, verb string, ref lro.Ref) (string, error) {
	r.sent = ""
	var err error
	switch verb {
	case "get":
		_, err = r.GetOperation(ctx, ref)
	case "cancel":
		err = r.CancelOperation(ctx, ref)
	case "delete":
		err = r.DeleteOperation(ctx, ref)
	case "wait":
		_, err = r.WaitOperation(ctx, ref, time.Second)
	case "list":
		_, err = r.ListOperations(ctx, lro.ListRequest{Collection: ref.Collection()})
	}
	return r.sent, err
}

// unstable says of a collection that no stable version of the service has operations with names of its form.
const unstable = "the catalog has stable versions"

// unreached are the collections whose operations a client does not reach, with the reason.
var unreached = map[string]string{
	"aiplatform/v1beta1:aiplatform.projects.locations.agents.operations.get":                                                        unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.apps.operations.get":                                                          unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.edgeDevices.operations.get":                                                   unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.evaluationItems.operations.get":                                               unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.evaluationRuns.operations.get":                                                unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.evaluationSets.operations.get":                                                unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.evaluationTasks.operations.get":                                               unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.exampleStores.operations.get":                                                 unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.extensionControllers.operations.get":                                          unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.extensions.operations.get":                                                    unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.featureGroups.featureMonitors.operations.get":                                 unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.modelMonitors.operations.get":                                                 unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.reasoningEngines.examples.operations.get":                                     unstable,
	"aiplatform/v1beta1:aiplatform.projects.locations.solvers.operations.get":                                                       unstable,
	"appengine/v1alpha:appengine.projects.locations.operations.get":                                                                 unstable,
	"appengine/v1beta:appengine.projects.locations.operations.get":                                                                  unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.collections.engines.sessions.alphaEvolveExperiments.operations.get": unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.collections.engines.sessions.operations.get":                        unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.evaluations.operations.get":                                         unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.knowledgeSpaces.operations.get":                                     unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.sampleQuerySets.operations.get":                                     unstable,
	"discoveryengine/v1alpha:discoveryengine.projects.locations.userStores.operations.get":                                          unstable,
	"discoveryengine/v1beta:discoveryengine.projects.locations.evaluations.operations.get":                                          unstable,
	"discoveryengine/v1beta:discoveryengine.projects.locations.sampleQuerySets.operations.get":                                      unstable,
	"displayvideo/v1beta:displayvideo.sdfdownloadtask.operations.get":                                                               unstable,
	"drive/v3:drive.operations.get": unlike["drive.operations.get"],
	"retail/v2alpha:retail.projects.locations.catalogs.branches.places.operations.get":    unstable,
	"speech/v2beta1:speech.projects.locations.operations.get":                             unstable,
	"speech/v2beta:speech.projects.locations.operations.get":                              unstable,
	"streetviewpublish/v1:streetviewpublish.photoSequence.get":                            unlike["streetviewpublish.photoSequence.get"],
	"videointelligence/v1:videointelligence.operations.projects.locations.operations.get": unlike["videointelligence.operations.projects.locations.operations.get"],
}

// unsent are other requests that a client does not send, by the version or by its collection, with the reason.
var unsent = map[string]string{
	"aiplatform/v1beta1 wait":       "the catalog knows the waits of stable versions",
	"ondemandscanning/v1beta1 wait": "the same",
	"translate/v3beta1 wait":        "the same",
	"speech/v1 list":                "names are bare ids, so that nothing names their collection",
	"speech/v1beta1 list":           "the same",
	"speech/v1p1beta1 list":         "the same",
}

// TestClient wants a client's requests about each standard collection, of all versions of all documents, to be those of
// the document. A client of every service sends them, except for a version whose names another one has as well: for that
// its configuration has to name the version.
func TestClient(t *testing.T) {
	t.Parallel()
	everything := newRecorder(t, rest.Service{Name: "*.googleapis.com"})
	got := map[string]int{}
	for _, d := range documents(t).documents {
		for get, siblings := range standardCollections(d) {
			got["collections"]++
			c := clientCollection{document: d, siblings: siblings, key: d.Name + "/" + d.Version + ":" + get.ID, name: operationOf(d, get)}
			if unreached[c.key] != "" {
				got["unreached"]++
				c.checkUnreached(t, everything)
				continue
			}
			client, by := everything, "by a client of every service"
			if !c.isFirst() {
				client, by = newRecorder(t, rest.Service{Name: d.host(), Version: c.version(get)}), "by a client of the version"
			}
			got[by]++
			c.check(t, client, got)
		}
	}
	want := map[string]int{
		"collections": 620, "by a client of every service": 339, "by a client of the version": 250, "unreached": 31,
		"get": 589, "list": 458, "cancel": 369, "delete": 339, "wait": 124,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// operationOf is a name that a get takes.
func operationOf(d *document, get *method) string {
	if name, ok := wholeName(get); ok {
		return name
	}
	return strings.TrimPrefix(sample(d, get, ""), d.Version+"/")
}

// clientCollection is a collection of a document, and the name of an operation in it.
type clientCollection struct {
	*document
	siblings  map[string]*method
	key, name string
}

func (c clientCollection) ref() lro.Ref { return lro.Ref{Service: c.host(), Name: c.name} }

// isFirst reports whether a client of every service takes the name for one of the document's version.
func (c clientCollection) isFirst() bool {
	found := catalog.CollectionsAt(c.host(), c.name)
	return len(found) > 0 && found[0].Service.Name == c.Name && found[0].Service.Version == c.Version
}

// version is the path before names.
func (c clientCollection) version(get *method) string {
	return strings.Trim(strings.TrimSuffix(sample(c.document, get, c.name), c.name), "/")
}

func (c clientCollection) check(t *testing.T, client *recorder, sent map[string]int) {
	t.Helper()
	for _, verb := range verbs {
		m := c.siblings[verb]
		if m == nil {
			continue
		}
		want := m.HTTPMethod + " " + sample(c.document, m, c.name)
		if verb == "list" {
			want = c.listLine(m)
		}
		if reason := unsent[c.Name+"/"+c.Version+" "+verb]; reason != "" {
			want = ""
		} else {
			sent[verb]++
		}
		if got, err := client.send(t.Context(), verb, c.ref()); got != want {
			t.Errorf("%s: %s %q, want %q, %v", c.key, verb, got, want, err)
		}
	}
}

// listLine is the line of the document's list for the collection.
func (c clientCollection) listLine(m *method) string {
	collection := parent(c.name)
	above := parent(collection)
	switch {
	case m.inQuery("name") && above == "":
		return m.HTTPMethod + " " + sample(c.document, m, "")
	case m.inQuery("name"):
		return m.HTTPMethod + " " + sample(c.document, m, "") + "?name=" + above
	case strings.HasSuffix(m.Path, "}"):
		return m.HTTPMethod + " " + sample(c.document, m, collection)
	default:
		return m.HTTPMethod + " " + sample(c.document, m, above)
	}
}

// checkUnreached wants the read of an operation to be another line than the document's.
func (c clientCollection) checkUnreached(t *testing.T, client *recorder) {
	t.Helper()
	m := c.siblings["get"]
	if got, _ := client.send(t.Context(), "get", c.ref()); got == m.HTTPMethod+" "+sample(c.document, m, c.name) {
		t.Errorf("%s is reached: remove it", c.key)
	}
}
