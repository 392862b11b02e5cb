package mp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// movedFrom returns the object as it is served for another number.
func (o *Object) movedFrom() *Object {
	m := *o
	m.Moved = true
	return &m
}

// Moves are small objects of their own: which number belongs to which material
// by now. They are protected like everything else that is stored.

func moveKey(id int) string { return "moved/" + strconv.Itoa(id) }

func encodeMove(from, to int) []byte {
	text := strconv.Itoa(from) + " " + strconv.Itoa(to)
	sum := sha256.Sum256([]byte(text))
	return []byte(text + " " + hex.EncodeToString(sum[:]) + "\n")
}

// move returns the number that id belongs to by now, or id.
func (c *Cache) move(ctx context.Context, id int) int {
	data, err := c.store.Get(ctx, moveKey(id))
	if err != nil {
		return id
	}
	var from, to int
	var sum string
	if _, err := fmt.Sscan(string(data), &from, &to, &sum); err != nil || from != id || string(encodeMove(from, to)) != string(data) {
		c.m.cache.WithLabelValues("corrupt").Inc()
		if err := c.store.Delete(ctx, moveKey(id)); err != nil {
			c.log.Error("damaged object not removed", "key", moveKey(id), "error", err.Error())
		}
		return id
	}
	return to
}

// find loads an object, by way of its new number if it has one.
func (c *Cache) find(ctx context.Context, db string, id int) (*Object, error) {
	o, err := c.load(ctx, db, id)
	if err == nil {
		return o, nil
	}
	if to := c.move(ctx, id); to != id {
		if o, err := c.load(ctx, db, to); err == nil {
			return o.movedFrom(), nil
		}
	}
	return nil, err
}
