package lro

import "encoding/json"

// object reads the keys of a JSON object. Unlike a struct's fields they match
// by case: JSON's keys do, and {"Done": true} is no field of an operation.
// null gives no keys.
func object(raw []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	err := json.Unmarshal(raw, &fields)
	return fields, err
}
