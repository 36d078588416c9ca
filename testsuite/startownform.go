package testsuite

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/awaitop/awaitop/catalog"
)

// caller is the account whose requests these are.
const caller = "awaitop@test.iam.gserviceaccount.com"

// ownMetadata are the fields of an operation in a form of the service's own, but for those that say how it
// is: form.go adds them.
func ownMetadata(c startCall) Metadata {
	target := linked(c.m, c.target)
	_, id := splitLast(target)
	return func(at Snapshot) json.RawMessage {
		out := map[string]any{
			"kind": c.m.Service.Name + "#operation", "operationType": operationType(c.m), "user": caller,
			"targetLink": linkOf(c.m.Service, target), "selfLink": linkOf(c.m.Service, at.Name),
		}
		setTime(out, "startTime", at.StartTime)
		setTime(out, "endTime", at.EndTime)
		switch c.m.Shape {
		case catalog.Compute:
			c.addComputes(out, at)
		case catalog.SQLAdmin:
			out["kind"], out["targetId"], out["targetProject"] = "sql#operation", id, segment(c.target, 1)
			setTime(out, "insertTime", at.StartTime)
		case catalog.Container:
			delete(out, "kind")
			delete(out, "user")
			out["location"] = segment(c.target, 3)
		case catalog.DNS:
			out["type"] = verbWord(c.m)
			delete(out, "operationType")
			delete(out, "targetLink")
			delete(out, "selfLink")
		}
		return object(out)
	}
}

// linked is the resource that an operation on a target has a link to. Cloud SQL's is the instance, whatever in
// it the operation works on (cloud.google.com/sql/docs/postgres/create-manage-databases).
func linked(m *catalog.Method, target string) string {
	if segments := strings.Split(target, "/"); m.Shape == catalog.SQLAdmin && len(segments) > 4 {
		return strings.Join(segments[:4], "/")
	}
	return target
}

// addComputes adds the fields that Compute Engine alone has. clientOperationId is the requestId
// (cloud.google.com/compute/docs/reference/rest/v1/globalOperations).
func (c startCall) addComputes(out map[string]any, at Snapshot) {
	out["id"], out["progress"] = c.operationID, at.percent()
	if id := c.targetID(); id != "" {
		out["targetId"] = id
	}
	setTime(out, "insertTime", at.StartTime)
	if id := c.text(c.m.RequestID); id != "" {
		out["clientOperationId"] = id
	}
	switch kind := segment(at.Name, 2); kind {
	case "zones", "regions":
		out[strings.TrimSuffix(kind, "s")] = linkOf(c.m.Service, strings.Join(strings.Split(at.Name, "/")[:4], "/"))
	}
}

// operationType is the word of a service for what a method does: "insert" for Compute Engine,
// CREATE for an instance of Cloud SQL, CREATE_CLUSTER for Kubernetes Engine.
func operationType(m *catalog.Method) string {
	segments := strings.Split(m.ID, ".")
	word := segments[len(segments)-1]
	if m.Shape == catalog.Compute {
		return word
	}
	verb := upperSnake(verbWord(m))
	kind := upperSnake(strings.TrimSuffix(segments[len(segments)-2], "s"))
	if m.Shape == catalog.SQLAdmin && kind == "INSTANCE" || verb != "CREATE" && verb != "DELETE" && verb != "UPDATE" {
		return verb
	}
	return verb + "_" + kind
}

func upperSnake(word string) string {
	var out strings.Builder
	for i, letter := range word {
		if unicode.IsUpper(letter) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToUpper(letter))
	}
	return out.String()
}

// segment is that of a name, counted from 0, "" if there are fewer.
func segment(name string, index int) string {
	segments := strings.Split(name, "/")
	if index >= len(segments) {
		return ""
	}
	return segments[index]
}
