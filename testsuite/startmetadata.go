package testsuite

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/awaitop/awaitop/catalog"
)

// startMetadata is the metadata of a method's operation: as much as the catalog says that it tells. In
// other shapes than the standard one its fields are the operation's own.
func startMetadata(c startCall) Metadata {
	switch tells := c.m.Metadata; {
	case c.m.Shape != catalog.Standard && c.m.Shape != catalog.Storage:
		return ownMetadata(c)
	case tells.Request:
		return requestMetadata(c)
	case tells.Time && tells.Resource && tells.Verb:
		return commonMetadata(c)
	case tells.Time && tells.Resource:
		return plainTimes(typeIn(c.m, "OperationMetadata"), "startTime", map[string]any{"name": c.target})
	case tells.Time:
		return func(at Snapshot) json.RawMessage {
			generic := map[string]any{"createTime": timestamp(at.StartTime), "updateTime": timestamp(at.Now)}
			return object(typed(typeIn(c.m, "OperationMetadata"), map[string]any{"genericMetadata": generic}))
		}
	case tells.Resource:
		return plainMetadata(typeIn(c.m, "OperationMetadata"), map[string]any{"resource": c.target})
	default:
		return NoMetadata()
	}
}

// commonMetadata is the OperationMetadata of most services.
func commonMetadata(c startCall) Metadata {
	fields := map[string]any{"target": c.target, "verb": verbWord(c.m), "apiVersion": c.m.Service.Version, "requestedCancellation": false}
	times := plainTimes(typeIn(c.m, "OperationMetadata"), "createTime", fields)
	return func(at Snapshot) json.RawMessage {
		out := fieldsOf(times(at))
		out["requestedCancellation"] = !at.CancelTime.IsZero()
		return object(out)
	}
}

// plainTimes has the given fields, the time of the start and that of the end.
func plainTimes(messageType, start string, fields map[string]any) Metadata {
	return func(at Snapshot) json.RawMessage {
		out := typed(messageType, fields)
		setTime(out, start, at.StartTime)
		setTime(out, "endTime", at.EndTime)
		return object(out)
	}
}

// requestMetadata has the request in it, as Bigtable's.
func requestMetadata(c startCall) Metadata {
	request := map[string]any{}
	maps.Copy(request, c.fields)
	resource := c.m.Body
	if resource == "" && c.m.Type != "" {
		resource = strings.ToLower(c.m.Type[:1]) + c.m.Type[1:]
		request = map[string]any{resource: c.resource()}
	}
	above, id := splitLast(c.target)
	if c.m.Makes() {
		request["parent"] = parentOf(strings.TrimSuffix(above, "/"))
		request[c.m.IDPlace.Field] = id
	} else {
		request["name"] = c.target
	}
	name := strings.ToUpper(verbWord(c.m)[:1]) + verbWord(c.m)[1:] + c.m.Type + "Metadata"
	return func(at Snapshot) json.RawMessage {
		out := typed(typeIn(c.m, name), map[string]any{"originalRequest": request})
		setTime(out, "requestTime", at.StartTime)
		setTime(out, "finishTime", at.EndTime)
		return object(out)
	}
}

// verbWord is what a method does, as metadata says it.
func verbWord(m *catalog.Method) string {
	_, word := splitLast(strings.ReplaceAll(m.ID, ".", "/"))
	switch word {
	case "patch":
		return "update"
	case "insert":
		return "create"
	default:
		return word
	}
}
