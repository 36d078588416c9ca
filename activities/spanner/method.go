package spanner

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/activities/starters"
)

// method is a method of the admin APIs that starts an operation.
type method struct {
	name     string
	id       string // in the catalog, without the service's name
	activity string
	target   *kind
	below    string // what stands behind the target in the request's path
	metadata string // the type of its operations' metadata, without typePrefix
	creates  bool   // whether the target comes to be by it
	ids      bool   // whether the operation's id is the caller's to choose
	// prepare checks the request and makes its call ready.
	prepare func(in want) (call, error)
}

// want is what a step wants of a method.
type want = starters.Want[json.RawMessage]

// call is a request made ready. It may be made more than once.
type call struct {
	// body is the request's body, with the operation's id if the method's ids are the caller's.
	body func(id string) any
	// query has parameters beside the resource's id. nil for none.
	query url.Values
	// owner tells the request's operations from others of the method on the target.
	owner func(metadata) starters.Owner
	// keep takes over from the target what the change must leave in place. nil for nothing.
	keep func(*resource)
}

var methods = []*method{
	createInstance, updateInstance, moveInstance,
	createDatabase, restoreDatabase, updateDatabase, updateDatabaseDdl, changeQuorum,
	createBackup, copyBackup,
	createConfig, updateConfig, createPartition, updatePartition,
}

// always is a body that has no operation's id.
func always(body any) func(string) any { return func(string) any { return body } }

// byRequest is the owner of an operation without a mark. It may be the caller's if its request is the
// same.
func byRequest(same bool) starters.Owner {
	if same {
		return starters.Unmarked
	}
	return starters.Others
}

// labels returns the caller's labels and the key.
func labels(given map[string]string, key string) map[string]string {
	with := map[string]string{starters.LabelKey: key}
	for name, value := range given {
		if name != starters.LabelKey {
			with[name] = value
		}
	}
	return with
}

// keepKey makes an update of labels keep the resource's key, by which an undo and a retry know it.
func keepKey(mask []string, labels *map[string]string) func(*resource) {
	return func(r *resource) {
		key, marked := r.Labels[starters.LabelKey]
		if !marked || !slices.Contains(mask, "labels") {
			return
		}
		if *labels == nil {
			*labels = map[string]string{}
		}
		(*labels)[starters.LabelKey] = key
	}
}

// same reports whether an operation's message equals the request in each field of the mask. The
// metadata holds the request as the service took it.
func same(request any, mask []string, seen fields) bool {
	raw, err := json.Marshal(request)
	if err != nil {
		return false
	}
	var wanted fields
	if json.Unmarshal(raw, &wanted) != nil {
		return false
	}
	for _, name := range mask {
		one, other := at(wanted, name), at(seen, name)
		if !within(one, other) || !within(other, one) {
			return false
		}
	}
	return true
}

// at is the value at a path of field names, nil if there is none.
func at(message fields, path string) any {
	var value any = map[string]any(message)
	for name := range strings.SplitSeq(path, ".") {
		inner, _ := value.(map[string]any)
		value = inner[name]
	}
	return value
}

// within reports whether seen has all of wanted. An absent value counts as zero.
func within(wanted, seen any) bool {
	switch wanted := wanted.(type) {
	case map[string]any:
		other, _ := seen.(map[string]any)
		for name, value := range wanted {
			if !within(value, other[name]) {
				return false
			}
		}
		return true
	case []any:
		other, _ := seen.([]any)
		if len(wanted) != len(other) {
			return false
		}
		for i, value := range wanted {
			if !within(value, other[i]) {
				return false
			}
		}
		return true
	case nil, bool, string, float64:
		return wanted == seen || isZero(wanted) && isZero(seen)
	default:
		return false
	}
}

func isZero(v any) bool { return v == nil || v == false || v == "" || v == float64(0) }
