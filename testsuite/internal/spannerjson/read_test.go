package spannerjson_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/testsuite/internal/spannerjson"
)

func TestRead(t *testing.T) {
	t.Parallel()
	var (
		instance = reflect.TypeFor[spanner.Instance]()
		database = reflect.TypeFor[spanner.Database]()
		backup   = reflect.TypeFor[spanner.Backup]()
		config   = reflect.TypeFor[spanner.InstanceConfig]()
		create   = reflect.TypeFor[spanner.CreateInstanceRequest]()
		quorum   = reflect.TypeFor[spanner.ChangeQuorumRequest]()
	)
	rows := map[string]struct {
		reason  string
		message reflect.Type
		body    string
		want    string // the message, or the error
	}{
		"no body":              {"it is the empty message", instance, ``, `{}`},
		"empty":                {"so is this", instance, `{}`, `{}`},
		"enum by number":       {"it is read as its name", instance, `{"edition":2}`, `{"edition":"ENTERPRISE"}`},
		"enum by name":         {"it stays", instance, `{"edition":"STANDARD"}`, `{"edition":"STANDARD"}`},
		"enum of 0":            {"zero is the same as absent", instance, `{"edition":0}`, `{}`},
		"enum unspecified":     {"that is 0", instance, `{"edition":"EDITION_UNSPECIFIED"}`, `{}`},
		"enum of tomorrow":     {"an unknown number is kept", instance, `{"edition":99}`, `{"edition":99}`},
		"enum misspelled":      {"an unknown name is not", instance, `{"edition":"GOLD"}`, `invalid JSON payload: "GOLD" at edition is not a value of the enum`},
		"enum of another type": {"a fraction is no number of an enum", instance, `{"edition":1.5}`, `invalid JSON payload: 1.5 at edition is not a value of the enum`},
		"enum as a boolean":    {"nor is true", instance, `{"edition":true}`, `invalid JSON payload: true at edition is not a value of the enum`},
		"enum in a list":       {"of messages", config, `{"replicas":[{"type":2,"location":"eu"},{"type":0}]}`, `{"replicas":[{"location":"eu","type":"READ_ONLY"},{}]}`},
		"zero values": {"are left out", instance,
			`{"nodeCount":0,"displayName":"","labels":{},"endpointUris":[],"config":null}`, `{}`},
		"false":             {"as well", database, `{"enableDropProtection":false}`, `{}`},
		"an empty message":  {"is set", quorum, `{"quorumType":{"dualRegion":{}}}`, `{"quorumType":{"dualRegion":{}}}`},
		"values of a map":   {"have no zero that counts", instance, `{"labels":{"a":"","b":"c"}}`, `{"labels":{"a":"","b":"c"}}`},
		"elements":          {"nor have those of a list", instance, `{"endpointUris":["","x"]}`, `{"endpointUris":["","x"]}`},
		"snake_case":        {"is the same field", create, `{"instance_id":"i","instance":{"display_name":"one"}}`, `{"instance":{"displayName":"one"},"instanceId":"i"}`},
		"int32 as text":     {"it is written as a number", instance, `{"nodeCount":"3"}`, `{"nodeCount":3}`},
		"int64":             {"it is written as text", backup, `{"sizeBytes":9007199254740993}`, `{"sizeBytes":"9007199254740993"}`},
		"int64 of 0":        {"it is left out", backup, `{"sizeBytes":"0"}`, `{}`},
		"unknown":           {"it is refused", instance, `{"nodes":3}`, `invalid JSON payload: unknown name "nodes"`},
		"unknown below":     {"with its place", create, `{"instance":{"nodes":3}}`, `invalid JSON payload: unknown name "nodes" at instance`},
		"Go's own field":    {"it is none of the message's", instance, `{"ForceSendFields":["x"]}`, `invalid JSON payload: unknown name "ForceSendFields"`},
		"a dash":            {"nor is that", instance, `{"-":1}`, `invalid JSON payload: unknown name "-"`},
		"an array":          {"it is no message", instance, `[]`, `invalid JSON payload: [] is not a message Instance`},
		"no JSON":           {"it cannot be read", instance, `{`, `invalid JSON payload: unexpected EOF`},
		"number for text":   {"it is refused", instance, `{"displayName":1}`, `invalid JSON payload: 1 at displayName is not a string`},
		"text for a number": {"it is refused", instance, `{"nodeCount":"many"}`, `invalid JSON payload: "many" at nodeCount is not an integer`},
		"text for a flag":   {"it is refused", database, `{"enableDropProtection":"yes"}`, `invalid JSON payload: "yes" at enableDropProtection is not a boolean`},
		"text for a list":   {"it is refused", instance, `{"endpointUris":"x"}`, `invalid JSON payload: "x" at endpointUris is not a list`},
		"list for a map":    {"it is refused", instance, `{"labels":[]}`, `invalid JSON payload: [] at labels is not a map`},
		"number in a map":   {"it is refused", instance, `{"labels":{"a":1}}`, `invalid JSON payload: 1 at labels.a is not a string`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields, err := spannerjson.Read(row.message, []byte(row.body))
			if diff := cmp.Diff(row.want, text(t, fields, err)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", row.body, row.reason, diff)
			}
		})
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, fields, mask, want string
	}{
		"one":        {"others stay", `{"nodeCount":3,"displayName":"x"}`, "nodeCount", `{"nodeCount":3}`},
		"snake_case": {"the same field", `{"nodeCount":3}`, "node_count", `{"nodeCount":3}`},
		"several":    {"spaces do no harm", `{"nodeCount":3,"displayName":"x"}`, "nodeCount, display_name", `{"displayName":"x","nodeCount":3}`},
		"part":       {"the whole field", `{"labels":{"a":"b"}}`, "labels.a", `{"labels":{"a":"b"}}`},
		"absent":     {"it is cleared", `{}`, "labels", `{"labels":null}`},
		"unknown":    {"refused", `{}`, "nodeCount,nodes", `invalid field mask: "nodes" is no field of Instance`},
		"star":       {"refused: Spanner wants every field named", `{}`, "*", `invalid field mask: "*" is no field of Instance`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := reflect.TypeFor[spanner.Instance]()
			fields, err := spannerjson.Read(message, []byte(row.fields))
			if err != nil {
				t.Fatal(err)
			}
			masked, err := spannerjson.Masked(message, fields, row.mask)
			if diff := cmp.Diff(row.want, text(t, masked, err)); diff != "" {
				t.Errorf("%s of %s: %s (-want +got):\n%s", row.mask, row.fields, row.reason, diff)
			}
		})
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	fields, err := spannerjson.Normal(reflect.TypeFor[spanner.Instance](), map[string]any{"edition": 1, "nodeCount": 0, "labels": map[string]string{"a": "b"}})
	if diff := cmp.Diff(`{"edition":"STANDARD","labels":{"a":"b"}}`, text(t, fields, err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := spannerjson.Normal(reflect.TypeFor[spanner.Instance](), map[string]any{"labels": make(chan int)}); err == nil {
		t.Error("what is no JSON was read")
	}
}

func text(t *testing.T, fields map[string]any, err error) string {
	t.Helper()
	if err != nil {
		return err.Error()
	}
	body, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
