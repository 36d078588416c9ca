package contract

import (
	"maps"
	"slices"
	"strings"
)

// Service is a kind of registered names.
type Service string

// The services.
const (
	Workflows  Service = "AwaitopWorkflows"
	Nexus      Service = "AwaitopNexus"
	Updates    Service = "AwaitopUpdates"
	Queries    Service = "AwaitopQueries"
	Activities Service = "AwaitopActivities"
)

// Operation is a registered name with the places of its payloads, "" for none.
type Operation struct {
	Name string
	// Input is what users write. WorkerInput is the input as awaitop's workers write it, if that is another.
	Input, WorkerInput, Output string
	// Canceled is the detail of the CanceledError of a canceled workflow.
	Canceled string
	// Request is what the field request of the input has.
	Request    string
	Heartbeats []string
	// Failures are the types of ApplicationErrors, without codes.
	Failures []string
}

// Operations are those of a service, by their registered names.
func (d *Document) Operations(of Service) map[string]Operation {
	services, _ := d.root["services"].(map[string]any)
	service, _ := services[string(of)].(map[string]any)
	operations, _ := service["operations"].(map[string]any)
	found := map[string]Operation{}
	for _, each := range operations {
		entry := each.(map[string]any)
		name := entry["fqn"].(string)
		found[name] = Operation{
			Name: name, Input: reference(entry["input"]), WorkerInput: reference(entry["x-awaitop-worker-input"]), Output: reference(entry["output"]),
			Canceled: reference(entry["x-awaitop-canceled"]), Request: reference(entry["x-awaitop-request"]), Heartbeats: references(entry["x-awaitop-heartbeats"]), Failures: list(entry["x-awaitop-failures"]),
		}
	}
	return found
}

// Details are the places of the details of an ApplicationError's type, with or without a code. ok is false for a type
// that is not awaitop's.
func (d *Document) Details(errorType string) (places []string, ok bool) {
	name := withoutCode(errorType)
	for _, section := range []string{"x-awaitop-failures", "x-awaitop-errors"} {
		types, _ := d.root[section].(map[string]any)
		entry, found := types[name].(map[string]any)
		if !found {
			continue
		}
		details, _ := entry["details"].([]any)
		for i, detail := range details {
			place := reference(detail)
			if place == "" {
				place = "#/" + section + "/" + name + "/details/" + string(rune('0'+i))
			}
			places = append(places, place)
		}
		return places, true
	}
	return nil, false
}

// withoutCode is an ApplicationError's type without its code.
func withoutCode(errorType string) string {
	name, _, _ := strings.Cut(errorType, ".")
	return name
}

// FailureTypes are the types of failures, sorted.
func (d *Document) FailureTypes() []string {
	types, _ := d.root["x-awaitop-failures"].(map[string]any)
	return slices.Sorted(maps.Keys(types))
}

// Memo is the place of a memo's field, "" for one that is not awaitop's.
func (d *Document) Memo(field string) string {
	memo, _ := d.root["x-awaitop-memo"].(map[string]any)
	return reference(memo[field])
}

// MemoFields are the memo's fields that are awaitop's, sorted.
func (d *Document) MemoFields() []string {
	memo, _ := d.root["x-awaitop-memo"].(map[string]any)
	return slices.Sorted(maps.Keys(memo))
}

// reference is the place that a schema refers to, "" for another schema.
func reference(schema any) string {
	s, _ := schema.(map[string]any)
	place, _ := s["$ref"].(string)
	return place
}

func references(schemas any) (places []string) {
	all, _ := schemas.([]any)
	for _, each := range all {
		places = append(places, reference(each))
	}
	return places
}
