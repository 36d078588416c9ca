package serve

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
)

// The example has every field with its default.
func TestExampleIsTheDefault(t *testing.T) {
	t.Parallel()
	got, err := ParseConfig(Example)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ParseConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	// What is written out there.
	want.Services = []Service{{Name: lro.SpannerService}}
	want.AllowedPrefixes = []string{}
	want.Budgets = map[string]Budget{}
	want.Nexus = Nexus{Allow: Rule{Resources: []string{}, Operations: []string{}, Methods: []string{}}, Callers: map[string]Rule{}}
	want.RequestTimeout = lro.DurationOf(30 * time.Second)
	want.MaxBytesInFlight = rest.DefaultMaxBytesInFlight
	want.Worker.StopTimeout = lro.DurationOf(10 * time.Second)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(lro.Duration{})); diff != "" {
		t.Errorf("(-default +example):\n%s", diff)
	}
	for _, field := range fieldsOf(reflect.TypeFor[Config](), "") {
		name := field[strings.LastIndexByte(field, '.')+1:]
		if !strings.Contains(string(Example), name+":") && !strings.Contains(string(Example), name) {
			t.Errorf("the example does not have %s", field)
		}
	}
}

// The schema has the fields of Config and no others.
func TestSchema(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../../docs/awaitop-worker.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	got := propertiesOf(schema, "")
	want := fieldsOf(reflect.TypeFor[Config](), "")
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-fields +schema):\n%s", diff)
	}
}

// fieldsOf are the JSON names of a struct's fields, with a dot before the name of a nested field.
func fieldsOf(of reflect.Type, path string) []string {
	for of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[lro.Duration]() {
		return nil
	}
	var all []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		all = append(all, path+name)
		all = append(all, fieldsOf(of.Field(i).Type, path+name+".")...)
	}
	return all
}

func propertiesOf(schema map[string]any, path string) []string {
	for _, inner := range []string{"items", "additionalProperties"} {
		if nested, ok := schema[inner].(map[string]any); ok {
			return propertiesOf(nested, path)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	var all []string
	for name, property := range properties {
		all = append(all, path+name)
		all = append(all, propertiesOf(property.(map[string]any), path+name+".")...)
	}
	return all
}

// Each field of a configuration reaches its option.
func TestOptions(t *testing.T) {
	t.Parallel()
	c, err := ParseConfig([]byte(`
services: [{name: x.googleapis.com, endpoint: "https://e", version: v2, prefix: admin}, 
  {name: y.googleapis.com, regional: true, quotaProject: r, errorFormat: "1"}, {name: z.googleapis.com, withoutAuthentication: true},
  {name: vault.googleapis.com, scopes: [a]}]
allowedPrefixes: [projects/p]
quotaProject: q
requestTimeout: 5s
budgets: {x.googleapis.com: {requestsPerSecond: 2.5, burst: 3}, y.googleapis.com: {totalRequestsPerSecond: 6}}
polls: {maxHeld: 7, maxAsync: -1}
nexus: {serve: true, callers: {payments: {resources: [projects/p], operations: [get], methods: ["*"], others: true}}, searchAttributes: true}
worker: {identity: me, activitySlots: 8, workflowSlots: 9, stopTimeout: 1m, deployment: d, buildId: b}
`))
	if err != nil {
		t.Fatal(err)
	}
	o := c.options(nil)
	if s := o.Rest.Services[0]; s.Name != "x.googleapis.com" || s.Endpoint != "https://e" || s.Version != "v2" || s.Prefix != "admin" {
		t.Errorf("%+v", s)
	}
	if s := o.Rest.Services[1]; !s.Regional || s.QuotaProject != "r" || s.ErrorFormat != rest.ErrorFormatV1 || s.WithoutAuthentication {
		t.Errorf("%+v", s)
	}
	if s := o.Rest.Services; !s[2].WithoutAuthentication || !slices.Equal(s[3].Scopes, []string{"a"}) {
		t.Errorf("%+v", s[2:])
	}
	if o.Rest.AllowedPrefixes[0] != "projects/p" || o.Rest.QuotaProject != "q" || o.Rest.WithoutAuthentication || o.Rest.RequestTimeout != 5*time.Second {
		t.Errorf("%+v", o.Rest)
	}
	if o.Budgets["x.googleapis.com"] != (poller.Budget{RequestsPerSecond: 2.5, Burst: 3}) || o.Activities.MaxHeld != 7 || o.Activities.MaxAsync != -1 {
		t.Errorf("%+v, %+v", o.Budgets, o.Activities)
	}
	if n := o.Nexus; n == nil || !n.SearchAttributes || n.Callers["payments"].Resources[0] != "projects/p" || n.Callers["payments"].Operations[0] != "get" || n.Callers["payments"].Methods[0] != "*" || !n.Callers["payments"].Others {
		t.Errorf("%+v", n)
	}
	if o.Budgets["y.googleapis.com"] != (poller.Budget{TotalRequestsPerSecond: 6}) {
		t.Errorf("%+v", o.Budgets)
	}
	if plain, err := ParseConfig([]byte("withoutAuthentication: true")); err != nil || !plain.rest().WithoutAuthentication {
		t.Errorf("%+v, %v", plain, err)
	}
	w := c.sdkOptions()
	if w.Identity != "me" || w.MaxConcurrentActivityExecutionSize != 8 || w.MaxConcurrentWorkflowTaskExecutionSize != 9 || w.WorkerStopTimeout != time.Minute || c.drainTime() != time.Minute {
		t.Errorf("%+v", w)
	}
	if d := w.DeploymentOptions; !d.UseVersioning || d.Version.DeploymentName != "d" || d.Version.BuildID != "b" {
		t.Errorf("%+v", d)
	}
}
