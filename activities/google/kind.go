package google

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
)

// kind is what the catalog says of a kind of resource, by a method that makes one.
type kind struct{ *catalog.Method }

// kindOf is the kind of a method's target: that of what it makes, or of what another method of its
// service makes under such names. It is nil if none can be read.
func kindOf(m *catalog.Method) *kind {
	form := m.Target()
	if m.CanGet && m.Made() == form {
		return &kind{m}
	}
	for _, other := range m.Service.Methods() {
		if other.CanGet && other.Made() == form {
			return &kind{other}
		}
	}
	return nil
}

// read reads a resource's JSON. key is the step's, "" to leave out whose it is.
func (k *kind) read(raw json.RawMessage, key string) *starters.Resource {
	fields := fieldsOf(raw)
	found := &starters.Resource{
		JSON: raw, Undated: k.CreateTime == "",
		CreateTime: timeOf(fields.at(k.CreateTime)),
	}
	k.setStage(found, fields)
	if k.Labels != "" && key != "" {
		labels := map[string]string{}
		_ = json.Unmarshal(fields.at(k.Labels), &labels) // other labels are none of ours
		found.Owner = starters.OwnerByLabel(labels, key)
	}
	return found
}

// etag is that of a resource, "" if it has none.
func (k *kind) etag(found *starters.Resource) string {
	if found == nil {
		return ""
	}
	return textOf(fieldsOf(found.JSON).at(k.ResourceETag))
}

// The states of resources whose names services share, in capitals. A cluster of Kubernetes Engine that
// is STOPPING is being deleted; a machine that is STOPPING is not.
var (
	creating = words("CREATING PROVISIONING PENDING PENDING_CREATE PENDING_CREATION STAGING INITIALIZING RESTORING")
	deleting = words("DELETING PENDING_DELETE PENDING_DELETION")
	deleted  = words("DELETED DELETE_REQUESTED SOFT_DELETED")
	failed   = words("ERROR FAILED")
)

func words(text string) map[string]bool {
	found := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		found[word] = true
	}
	return found
}

// setStage says whether a resource is on its way in, on its way out, what a delete has left, or has failed.
func (k *kind) setStage(found *starters.Resource, fields fields) {
	state := strings.ToUpper(stateOf(fields.at(k.State)))
	deletedAt := !timeOf(fields.at("deleteTime")).IsZero()
	reconciles := k.State == "reconciling" && string(fields[k.State]) == "true" // nothing else tells
	found.Creating = creating[state] || reconciles && !deletedAt
	found.Deleting = deleting[state] || state == "STOPPING" && k.Shape == "container" || reconciles && deletedAt
	found.Deleted = (deleted[state] || deletedAt) && !found.Deleting
	found.Failed = failed[state]
}

// stateOf reads a state: a text, or an object with the text in it.
func stateOf(raw json.RawMessage) string {
	inner := fieldsOf(raw)
	return cmp.Or(textOf(raw), textOf(inner["state"]), textOf(inner["code"]))
}

// timeOf reads a time in RFC 3339, zero for none.
func timeOf(raw json.RawMessage) time.Time {
	var at time.Time
	if json.Unmarshal(raw, &at) != nil {
		return time.Time{}
	}
	return at
}

// textOf reads a JSON text, "" for any other value.
func textOf(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text)
	return text
}
