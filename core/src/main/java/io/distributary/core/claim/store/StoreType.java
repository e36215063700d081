package io.distributary.core.claim.store;

import io.distributary.core.claim.ClaimStore;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A kind of store, as it is registered.
 *
 * @param name the word in claims and configurations
 * @param keys defines what can be configured; every key begins with the name and a dot
 * @param open makes a store out of the values, without connecting yet
 */
record StoreType(String name, Consumer<StoreKeys> keys, Function<StoreValues, ClaimStore> open) {}
